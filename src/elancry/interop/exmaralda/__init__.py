"""EXMARaLDA's basic transcriptions (.exb) and FOLKER's transcripts (.flk)."""
