"""Every rule of the settings, with the whole sentence that the reader sees."""
