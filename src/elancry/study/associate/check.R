# Reruns every regression of this folder in R and prints how far elancry's numbers are from R's.
#
#   Rscript check.R            in the results folder; reads tables/sequences.csv, regression.csv and models.csv
#   Rscript check.R OUT.csv    also writes R's numbers
#
# lm, classical and HC3 errors need nothing but R; CR2, its degrees of freedom and HTZ need install.packages("clubSandwich").
# A number that elancry left empty is not compared; regression.csv and models.csv say why it is empty.

read <- function(name) read.csv(file.path("tables", name), check.names = FALSE, stringsAsFactors = FALSE,
                                na.strings = c("", "NA"), fileEncoding = "UTF-8-BOM")
sequences <- read("sequences.csv")
slopes <- read("regression.csv")
models <- read("models.csv")
club <- requireNamespace("clubSandwich", quietly = TRUE)

key <- function(d) paste(d$outcome_system, d$outcome, d$predictor_system, d$score, sep = "\r")
found <- data.frame()
note <- function(model, term, se_type, stat, elancry, r) {
  found <<- rbind(found, data.frame(
    outcome_system = model$outcome_system, outcome = model$outcome, predictor_system = model$predictor_system,
    score = model$score, term = term, se_type = se_type, stat = stat, elancry = elancry, r = r))
}

for (one in unique(key(slopes))) {
  rows <- slopes[key(slopes) == one, ]
  model <- models[key(models) == one, ][1, ]
  terms <- setdiff(unique(rows$term), "(Intercept)")
  y <- sequences[[paste(model$score, model$outcome_system, model$outcome, sep = ".")]]
  covariate <- startsWith(terms, "covariate:")
  columns <- ifelse(covariate, sub("^covariate:", "", terms),
                    paste(model$score, model$predictor_system, terms, sep = "."))
  x <- as.matrix(sequences[, columns, drop = FALSE])
  colnames(x) <- paste0("x", seq_along(terms))
  complete <- !is.na(y) & rowSums(is.na(x)) == 0
  data <- data.frame(y = y, x)[complete, ]
  cluster <- sequences[[model$cluster]][complete]
  fit <- lm(y ~ ., data)
  b <- coef(fit)
  df <- fit$df.residual
  design <- model.matrix(fit)
  bread <- solve(crossprod(design))
  hc3 <- bread %*% crossprod(design * (residuals(fit) / (1 - hatvalues(fit)))) %*% bread
  covariance <- list(classical = vcov(fit), HC3 = hc3)
  freedom <- list(classical = rep(df, length(b)), HC3 = rep(df, length(b)))
  if (club && length(unique(cluster)) > 1) {
    cr2 <- clubSandwich::vcovCR(fit, cluster = cluster, type = "CR2")
    covariance$CR2 <- as.matrix(cr2)
    tested <- clubSandwich::coef_test(fit, cr2, test = "Satterthwaite")
    freedom$CR2 <- if (is.null(tested$df_Satt)) tested$df else tested$df_Satt
    joint <- clubSandwich::Wald_test(fit, clubSandwich::constrain_zero(1 + which(!covariate)), vcov = cr2, test = "HTZ")
    htz <- models[key(models) == one & models$se_type == "CR2", ]
    if (!is.na(htz$f)) {
      note(model, "", "CR2", "f", htz$f, joint$Fstat)
      note(model, "", "CR2", "df2", htz$df2, joint$df_denom)
      note(model, "", "CR2", "p", htz$p, joint$p_val)
    }
  }
  fits <- summary(fit)
  note(model, "", "classical", "r2", model$r2, fits$r.squared)
  note(model, "", "classical", "r2_adjusted", model$r2_adjusted, fits$adj.r.squared)
  if (!any(covariate)) note(model, "", "classical", "f", model$f, unname(fits$fstatistic[1]))
  for (type in names(covariance)) {
    se <- sqrt(diag(covariance[[type]]))
    p <- 2 * pt(-abs(b / se), freedom[[type]])
    for (j in seq_along(b)) {
      term <- c("(Intercept)", terms)[j]
      row <- rows[rows$term == term & rows$se_type == type, ]
      if (type == "classical") note(model, term, type, "b", row$b, b[[j]])
      if (is.na(row$se)) next
      note(model, term, type, "se", row$se, se[[j]])
      note(model, term, type, "df", row$df, freedom[[type]][j])
      note(model, term, type, "p", row$p, p[[j]])
    }
  }
}

if (!nrow(found)) {
  cat("no regression to check\n")
} else {
  found$difference <- abs(found$elancry - found$r) / pmax(1, abs(found$r))
  cat(sprintf("%d numbers of %d models compared; R %s, clubSandwich %s\n", nrow(found), length(unique(key(slopes))),
              getRversion(), if (club) as.character(packageVersion("clubSandwich")) else "not installed: no CR2"))
  largest <- aggregate(difference ~ se_type + stat, found, max)
  for (i in seq_len(nrow(largest)))
    cat(sprintf("largest difference %-9s %-11s %.1e\n", largest$se_type[i], largest$stat[i], largest$difference[i]))
  cat(sprintf("largest difference of all %.1e\n", max(found$difference)))
  out <- commandArgs(trailingOnly = TRUE)
  if (length(out)) write.csv(found, out[1], row.names = FALSE)
}
