# Figures of R's survey package on clusters.csv and strata.csv: Rscript known.R > known.csv
suppressMessages(library(survey))
options(survey.lonely.psu = "fail")
clus <- read.csv("clusters.csv"); strat <- read.csv("strata.csv")
say <- function(key, value, se) cat(sprintf("%s,%.15g,%.15g\n", key, value, se))
cat("key,value,se\n")
designs <- list(
  clusters     = svydesign(id = ~dnum, weights = ~pw, data = clus),
  clusters_fpc = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = clus),
  strata       = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat),
  strata_fpc   = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat))
tell <- function(key, found) say(key, coef(found), SE(found))
for (name in names(designs)) {
  d <- designs[[name]]
  tell(paste0(name, "/mean"), svymean(~score, d))
  tell(paste0(name, "/total"), svytotal(~pupils, d))
  tell(paste0(name, "/ratio"), svyratio(~score, ~pupils, d))
  tell(paste0(name, "/proportion"), svymean(~I(as.numeric(stype == "E")), d))
  say(paste0(name, "/deff"), deff(svymean(~score, d, deff = TRUE)), NA)
  for (share in c(0.25, 0.5, 0.75)) {  # Woodruff as published, around the share; svyquantile goes around the share of x <= q
    found <- oldsvyquantile(~score, d, share, ci = TRUE, se = TRUE, interval.type = "Wald", df = degf(d),
                           ties = "rounded")  # else the order of rows decides between equal answers
    say(paste0(name, "/quantile/", share), as.vector(found$quantiles), as.vector(SE(found)))
  }
  for (label in c("No", "Yes")) {
    inside <- subset(d, met == label)
    tell(paste0(name, "/mean/", label), svymean(~score, inside))
    tell(paste0(name, "/total/", label), svytotal(~pupils, inside))
  }
}
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
met <- data.frame(met = c("No", "Yes"), Freq = c(2072, 4122))
after <- postStratify(designs$clusters, ~stype, types)
tell("poststratified/mean", svymean(~score, after))
tell("poststratified_fpc/mean", svymean(~score, postStratify(designs$clusters_fpc, ~stype, types)))
again <- as.svrepdesign(designs$clusters, type = "JK1", mse = TRUE)
tell("poststratified/jackknife", svymean(~score, postStratify(again, ~stype, types)))
close <- list(maxit = 2000, epsilon = 1e-9)
tell("raked/jackknife", svymean(~score, rake(again, list(~stype, ~met), list(types, met), control = close)))
for (name in c("clusters", "clusters_fpc")) {
  raked <- calibrate(designs[[name]], ~stype + met, c(6194, 755, 1018, 4122), calfun = "raking",
                     epsilon = 1e-12, maxit = 500)  # rake() itself has an approximate Taylor error
  tell(paste0("raked/", name, "/mean"), svymean(~score, raked))
  tell(paste0("raked/", name, "/total"), svytotal(~pupils, raked))
  tell(paste0("raked/", name, "/mean/Yes"), svymean(~score, subset(raked, met == "Yes")))
}
tell("trimmed/mean", svymean(~score, trimWeights(designs$strata, upper = 40)))
for (name in c("clusters", "strata")) {
  d <- as.svrepdesign(designs[[name]], type = if (name == "clusters") "JK1" else "JKn", mse = TRUE)
  tell(paste0("jackknife/", name, "/mean"), svymean(~score, d))
  tell(paste0("jackknife/", name, "/total"), svytotal(~pupils, d))
}
