# Words: the help of the command line.
