"""J3 in SimPy: every customer is a process, and every call an event that waits for somebody who is free.

    simpy_j3.py J3 [-n CUSTOMERS] [-t PERIODS] [--threads N] [--seed SEED]

prints one line of JSON. The work is benches/studies/j3.toml, whose people are scaled to the customers and rounded to whole
ones, as SimPy knows no parts of people. What differs: calls come at moments of the open hours, and wait for each other as
they come; satisfaction, expectation and the journey are as in the study, memory and commitment are left out.
"""
import argparse
import json
import math
import random
import time

import simpy

HOURS = 170.0
STAGES = ["prospect", "onboarding", "active", "at_risk", "lapsed", "churned"]
CHURNED = 5
QUALITY = [None, 0.65, 0.70, 0.45, None, None]
PURCHASES = [0.0, 0.3, 1.2, 0.5, 0.0, 0.0]
# Where to, the chance at neutral satisfaction, and by how much log-odds a unit of satisfaction bends it.
WAYS = [
    [(1, 0.20, 0), (5, 0.05, -3)],
    [(2, 0.60, 0), (3, 0.05, -3), (5, 0.05, -3)],
    [(3, 0.07, -3), (4, 0.02, -3), (5, 0.01, -3)],
    [(2, 0.35, 3), (4, 0.12, 0), (5, 0.08, 0)],
    [(2, 0.15, 3), (5, 0.10, 0)],
    [],
]
# Staff for a million customers, handle and patience in minutes, solves, switch, again, recognises, carries, effort a minute.
CHANNELS = [
    dict(appeal=1.0, staff=110, handle=6, patience=2, solves=0.86, switch=[(1, 0.5), (2, 0.06)], again=[(0, 0.85)],
         recognises=0.5, carries=0.6, wait=0.02),
    dict(appeal=0.3, staff=100, handle=10, patience=5, solves=0.84, switch=[(0, 0.25)], again=[(0, 0.6), (1, 0.3)],
         recognises=0.5, carries=0.6, wait=0.02),
    dict(appeal=0.0, staff=45, handle=8, patience=1_440, solves=0.8, switch=[], again=[(0, 0.8)],
         recognises=0.9, carries=0.9, wait=0.0),
]


def hold(x):
    return min(1.0, max(0.0, x))


class Centre:
    def __init__(self, env, rng, customers):
        self.env, self.rng = env, rng
        self.people = [simpy.Resource(env, max(1, round(its["staff"] * customers / 1e6))) for its in CHANNELS]
        self.attempts = self.gave_up = self.waited = 0
        weights = [math.exp(its["appeal"]) for its in CHANNELS]
        self.weights = weights

    def onward(self, ways):
        u = self.rng.random()
        for to, chance in ways:
            u -= chance
            if u < 0:
                return to
        return None

    def contact(self, customer, quality):
        """One matter: up to four attempts, each felt by itself."""
        rng, env = self.rng, self.env
        channel = rng.choices(range(3), self.weights)[0]
        for attempt in range(4):
            its = CHANNELS[channel]
            known = rng.random() < its["recognises"]
            lost = attempt > 0 and not (known and rng.random() < its["carries"])
            self.attempts += 1
            came = env.now
            with self.people[channel].request() as turn:
                patience = rng.expovariate(1 / its["patience"]) / 60
                got = yield turn | env.timeout(patience)
                wait = (env.now - came) * 60
                self.waited += wait
                trouble = its["wait"] * wait + 0.05 * attempt + (0.1 if lost else 0.0)
                if turn not in got:
                    self.gave_up += 1
                    customer.feel(hold(0.0 - trouble))
                    channel = self.onward(its["switch"])
                else:
                    handle = its["handle"] * (1.25 if lost else 1.0)
                    yield env.timeout(rng.expovariate(1 / handle) / 60)
                    customer.feel(hold(quality() - trouble))
                    solves = its["solves"]
                    if lost:
                        odds = 0.7 * solves / (1 - solves)
                        solves = odds / (1 + odds)
                    if rng.random() < solves:
                        return
                    channel = self.onward(its["again"])
            if channel is None:
                return


class Customer:
    def __init__(self, env, centre, rng, periods, tally):
        self.env, self.centre, self.rng, self.periods, self.tally = env, centre, rng, periods, tally
        self.satisfaction = hold(rng.gauss(0.6, 0.1))
        self.expectation = hold(rng.gauss(0.65, 0.08))
        self.stage = 0

    def feel(self, quality):
        gap = quality - self.expectation
        felt = quality + 0.2 * max(0.0, gap) - 0.45 * max(0.0, -gap)
        self.satisfaction = hold(self.satisfaction + 0.3 * (felt - self.satisfaction))
        self.expectation += 0.1 * (quality - self.expectation)

    def poisson(self, mean):
        count, left = 0, math.exp(-mean)
        product = self.rng.random()
        while product > left:
            count += 1
            product *= self.rng.random()
        return count

    def matters(self):
        rng = self.rng
        for _ in range(self.poisson(0.15)):
            yield lambda: rng.gauss(0.72, 0.12)
        if rng.random() < 0.1:
            wrong = rng.random() < 0.1
            yield lambda: 0.3 if wrong else rng.gauss(0.75, 0.12)
        for _ in range(self.poisson(0.05)):
            yield lambda: rng.betavariate(2, 6) - 0.05

    def live(self):
        env, rng = self.env, self.rng
        for period in range(self.periods):
            if self.stage == CHURNED:
                return
            self.tally["periods"] += 1
            if QUALITY[self.stage] is not None:
                self.feel(hold(rng.gauss(QUALITY[self.stage], 0.15)))
            for quality in self.matters():
                at = (period + rng.random()) * HOURS
                if at > env.now:
                    yield env.timeout(at - env.now)
                yield from self.centre.contact(self, quality)
            end = (period + 1) * HOURS
            if end > env.now:
                yield env.timeout(end - env.now)
            self.move()
            for _ in range(self.poisson(PURCHASES[self.stage] * math.exp(self.satisfaction - 0.6))):
                self.tally["revenue"] += rng.lognormvariate(3.4, 0.5)

    def move(self):
        ways = WAYS[self.stage]
        weights = [chance * math.exp(bend * (self.satisfaction - 0.6)) for _, chance, bend in ways]
        stay = 1 - sum(chance for _, chance, _ in ways)
        goal = self.rng.random() * (stay + sum(weights))
        for (to, _, _), weight in zip(ways, weights):
            goal -= weight
            if goal < 0:
                self.stage = to
                return


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=["J3"])
    parser.add_argument("-n", type=int, default=50_000)
    parser.add_argument("-t", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bare", action="store_true")
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    began = time.perf_counter()
    env = simpy.Environment()
    centre, tally = Centre(env, rng, asked.n), {"periods": 0, "revenue": 0.0}
    for _ in range(asked.n):
        env.process(Customer(env, centre, rng, asked.t, tally).live())
    env.run(until=asked.t * HOURS)
    seconds = time.perf_counter() - began
    print(json.dumps({
        "peer": "simpy", "version": simpy.__version__, "job": "J3", "n": asked.n, "t": asked.t, "threads": 1,
        "sim_s": seconds, "rate": asked.n * asked.t / seconds, "rate_cpu": None,
        "note": f"{centre.attempts} attempts, {centre.gave_up} given up, mean wait {centre.waited / max(1, centre.attempts):.3f} min",
    }))


if __name__ == "__main__":
    main()
