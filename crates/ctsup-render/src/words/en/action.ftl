# Words: what each action is, looks like, and when it fails.
