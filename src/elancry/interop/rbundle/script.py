"""The script `read.R` of the bundle for R: base R only, ASCII only, nothing but reading and a summary."""

SCRIPT = r"""# Reads annotations.csv, tiers.csv and vocabularies.csv from its own folder. Base R is enough.
#
#   in RStudio:      source("read.R", chdir = TRUE)
#   in a terminal:   Rscript read.R
#
# Gives the data frames annotations, tiers and vocabularies, and of_tier("NAME") for the annotations of one tier with
# its categories as a factor, those included that were never coded.

folder <- local({
  script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  script <- gsub("~+~", " ", script, fixed = TRUE)
  if (length(script) > 0 && basename(script[1]) == "read.R") dirname(script[1]) else "."
})

read_table <- function(name, numbers = character(0)) {
  path <- file.path(folder, name)
  columns <- names(read.csv(path, nrows = 1, check.names = FALSE, encoding = "UTF-8"))
  classes <- ifelse(columns %in% numbers, "numeric", "character")
  read.csv(path, colClasses = classes, na.strings = character(0), encoding = "UTF-8", check.names = FALSE,
           comment.char = "", strip.white = FALSE, stringsAsFactors = FALSE)
}

annotations <- read_table("annotations.csv", c("start_ms", "end_ms"))
tiers <- read_table("tiers.csv", "annotations")
vocabularies <- read_table("vocabularies.csv")

in_order <- function(values, first = character(0)) factor(values, levels = unique(c(first, values)))

annotations$session <- in_order(annotations$session, tiers$session)
annotations$tier <- in_order(annotations$tier, tiers$tier)
annotations$participant <- in_order(annotations$participant)
annotations$annotator <- in_order(annotations$annotator)
annotations$duration_s <- (annotations$end_ms - annotations$start_ms) / 1000

of_tier <- function(name) {
  rows <- annotations[annotations$tier == name, , drop = FALSE]
  bound <- unique(tiers$vocabulary[tiers$tier == name])
  entries <- vocabularies[vocabularies$vocabulary %in% bound & vocabularies$vocabulary != "", , drop = FALSE]
  spoken <- tapply(entries$value %in% rows$value, factor(entries$language, unique(entries$language)), sum)
  if (length(spoken) > 0) entries <- entries[entries$language == names(which.max(spoken)), , drop = FALSE]
  rows$value <- in_order(rows$value, entries$value)
  rows
}

cat(nrow(annotations), "annotations on", nlevels(annotations$tier), "tiers in", nlevels(annotations$session),
    "sessions\n")
if (nrow(annotations) > 0) {
  overview <- data.frame(
    tier = levels(annotations$tier),
    annotations = as.vector(table(annotations$tier)),
    seconds = as.vector(tapply(annotations$duration_s, annotations$tier, sum, default = 0))
  )
  print(overview, row.names = FALSE)
}
"""
