"""From the codebook to what raters open in ELAN: template, vocabularies, preferences, prepared files, coding manual."""
