"""J3a in Numba: compiled loops over customers, one life after the other, chunks of them in parallel.

    numba_j3a.py J3a [-n CUSTOMERS] [-t PERIODS] [--threads N] [--seed SEED] [--totals]

prints one line of JSON; with --totals it has what was counted in every period. The work is benches/studies/j3a.toml;
docs/model.md has the equations.
"""
import argparse
import json
import math
import os
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=["J3a"])
    parser.add_argument("-n", type=int, default=1_000_000)
    parser.add_argument("-t", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--totals", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    # Numba reads it when it is imported.
    os.environ["NUMBA_NUM_THREADS"] = str(arguments().threads)

import numba
import numpy as np
from numba import njit, prange

STAGES = ["prospect", "onboarding", "active", "at_risk", "lapsed", "churned"]
CHURNED = 5
CHUNK = 16384

NEUTRAL, LEARNING, GAIN, LOSS, ADAPTS = 0.6, 0.3, 0.2, 0.45, 0.1
PEAK_WEIGHS, LEFT, RISE, FALL = 0.5, 2 ** (-1 / 12), 0.04, 0.08
QUALITY_SD, BASKET_MU, BASKET_SIGMA = 0.15, 3.4, 0.5

# By stage: the mean quality of a period, below 0 where nothing is felt; the rate of purchases.
QUALITY = np.array([-1.0, 0.65, 0.70, 0.45, -1.0, -1.0])
PURCHASES = np.array([0.0, 0.3, 1.2, 0.5, 0.0, 0.0])
# The chance to stay. Then up to three ways out: where to, the chance at neutral satisfaction, and how that is bent
# (0 not at all, 1 by log-odds of -3 for each unit of satisfaction, 2 by 3).
STAY = np.array([0.75, 0.30, 0.90, 0.45, 0.75, 1.0])
TO = np.array([[1, 5, 5], [2, 3, 5], [3, 4, 5], [2, 4, 5], [2, 5, 5], [5, 5, 5]])
CHANCE = np.array([[0.20, 0.05, 0.0], [0.60, 0.05, 0.05], [0.07, 0.02, 0.01], [0.35, 0.12, 0.08], [0.15, 0.10, 0.0],
                   [0.0, 0.0, 0.0]])
BENT = np.array([[0, 1, 0], [0, 1, 1], [1, 1, 1], [2, 0, 0], [2, 0, 0], [0, 0, 0]])

# What is counted beside customers by stage.
COUNTS = ["purchases", "touchpoints.advice", "touchpoints.advice.wrong", "touchpoints.question", "touchpoints.failure"]
SUMS = ["revenue", "satisfaction", "states.expectation", "states.peak", "states.last", "states.commitment"]


@njit(inline="always")
def hold(x):
    return min(1.0, max(0.0, x))


@njit(inline="always")
def meet(quality, s, e, peak):
    """What is met moves satisfaction by how it feels, then what is expected and what is remembered."""
    met = hold(quality)
    differs = met - e
    felt = met + differs * (GAIN if differs >= 0.0 else LOSS)
    s = hold(s + LEARNING * (felt - s))
    e += ADAPTS * (met - e)
    if abs(met - NEUTRAL) > abs(peak - NEUTRAL):
        peak = met
    return s, e, peak, met


@njit(parallel=True, fastmath=True, cache=True)
def simulate(n, t, seed):
    chunks = (n + CHUNK - 1) // CHUNK
    all_customers = np.zeros((chunks, t, 6), np.int64)
    all_counts = np.zeros((chunks, t, 5), np.int64)
    all_sums = np.zeros((chunks, t, 6))
    for chunk in prange(chunks):
        np.random.seed(seed * 1_000_003 + chunk)
        customers = np.zeros((t, 6), np.int64)
        counts = np.zeros((t, 5), np.int64)
        sums = np.zeros((t, 6))
        for _ in range(chunk * CHUNK, min(n, (chunk + 1) * CHUNK)):
            stage = 0
            s = hold(np.random.normal(0.6, 0.1))
            e = hold(np.random.normal(0.65, 0.08))
            c = hold(np.random.normal(0.5, 0.15))
            peak = last = NEUTRAL
            for k in range(t):
                # Forget.
                peak = NEUTRAL + (peak - NEUTRAL) * LEFT
                last = NEUTRAL + (last - NEUTRAL) * LEFT
                # Feel what a period in the stage is like.
                if QUALITY[stage] >= 0.0:
                    s, e, peak, last = meet(np.random.normal(QUALITY[stage], QUALITY_SD), s, e, peak)
                # Touchpoints, in polku's order.
                if np.random.random() < 0.1:
                    counts[k, 1] += 1
                    if np.random.random() < 0.1:
                        counts[k, 2] += 1
                        quality = 0.3
                    else:
                        quality = np.random.normal(0.75, 0.12)
                    s, e, peak, last = meet(quality, s, e, peak)
                for _ in range(np.random.poisson(0.15)):
                    counts[k, 3] += 1
                    s, e, peak, last = meet(np.random.normal(0.72, 0.12), s, e, peak)
                for _ in range(np.random.poisson(0.05)):
                    counts[k, 4] += 1
                    s, e, peak, last = meet(np.random.beta(2.0, 6.0) - 0.05, s, e, peak)
                # Commitment follows satisfaction.
                c += (s - c) * (RISE if s >= c else FALL)
                # Move.
                worse = math.exp(-3.0 * (s - NEUTRAL))
                bent = (1.0, worse, 1.0 / worse)
                first = CHANCE[stage, 0] * bent[BENT[stage, 0]]
                second = first + CHANCE[stage, 1] * bent[BENT[stage, 1]]
                third = second + CHANCE[stage, 2] * bent[BENT[stage, 2]]
                goal = np.random.random() * (STAY[stage] + third) - STAY[stage]
                if goal >= 0.0:
                    stage = TO[stage, 0 if goal < first else 1 if goal < second else 2]
                customers[k, stage] += 1
                if stage == CHURNED:
                    break
                # Buy.
                if PURCHASES[stage] > 0.0:
                    bought = np.random.poisson(PURCHASES[stage] * math.exp(s - NEUTRAL))
                    counts[k, 0] += bought
                    for _ in range(bought):
                        sums[k, 0] += np.random.lognormal(BASKET_MU, BASKET_SIGMA)
                sums[k, 1] += s
                sums[k, 2] += e
                sums[k, 3] += peak
                sums[k, 4] += last
                sums[k, 5] += c
        all_customers[chunk] = customers
        all_counts[chunk] = counts
        all_sums[chunk] = sums
    customers = all_customers.sum(0)
    # Nobody leaves the last stage.
    for k in range(1, t):
        customers[k, CHURNED] += customers[k - 1, CHURNED]
    return customers, all_counts.sum(0), all_sums.sum(0)


def named(customers, counts, sums):
    """What was counted, by the names that polku gives it and by period."""
    names = [f"customers.{stage}" for stage in STAGES] + COUNTS + SUMS
    totals = dict(zip(names, np.hstack([customers, counts, sums]).T.tolist()))
    parts = zip(totals["states.peak"], totals["states.last"])
    totals["states.memory"] = [PEAK_WEIGHS * peak + (1 - PEAK_WEIGHS) * last for peak, last in parts]
    return totals


def main():
    options = arguments()
    # Compiles; what was compiled is kept beside the program.
    simulate(1000, options.t, options.seed)
    start = time.perf_counter()
    counted = simulate(options.n, options.t, options.seed)
    seconds = time.perf_counter() - start
    line = dict(peer="numba", version=numba.__version__, job="J3a", n=options.n, t=options.t, threads=options.threads,
                sim_s=round(seconds, 6), rate=options.n * options.t / seconds)
    if options.totals:
        line["totals"] = named(*counted)
    print(json.dumps(line))


if __name__ == "__main__":
    main()
