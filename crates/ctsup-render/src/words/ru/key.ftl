# Words: the keys of the topology file.
