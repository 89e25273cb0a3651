use super::parse::kind::Kind;
use super::parse::laws::all;
use super::*;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand_distr::Distribution as _;

fn close(value: f64, expected: f64, relative: f64) {
    assert!((value - expected).abs() <= relative * expected.abs(), "{value:e} is not {expected:e}");
}

fn laws() -> Vec<Distribution> {
    use Distribution::*;
    vec![
        Normal { mean: 3.0, sd: 2.0 },
        LogNormal { mu: 3.4, sigma: 0.5 },
        LogitNormal { mu: -2.6, sigma: 0.4 },
        Beta { a: 2.0, b: 5.0 },
        Beta { a: 0.4, b: 0.7 },
        Gamma { shape: 2.5, scale: 3.0 },
        Gamma { shape: 0.3, scale: 1.0 },
        Weibull { shape: 1.5, scale: 10.0 },
        Exponential { mean: 8.0 },
        Uniform { low: -1.0, high: 4.0 },
        Triangular { low: 1.0, mode: 2.0, high: 4.0 },
        Pert { low: 1.0, mode: 2.0, high: 4.0 },
    ]
}

/// Every law of the language, as its examples write it, that has a density.
fn written_laws() -> Vec<Distribution> {
    let examples = all().flat_map(|law| law.examples);
    examples.map(|example| read(example)).filter(|law| !matches!(law.density(), Density::Points(_))).collect()
}

fn cut(law: Distribution, low: f64, high: f64) -> Distribution {
    Distribution::Truncated(Box::new(Truncated::new(law, low, high).unwrap()))
}

fn between_quantiles(law: Distribution) -> Distribution {
    let (low, high) = (law.quantile(0.2), law.quantile(0.97));
    cut(law, low, high)
}

/// Every law that the language can cut, cut.
fn written_laws_cut() -> impl Iterator<Item = Distribution> {
    written_laws().into_iter().filter(|law| !matches!(law, Distribution::Truncated(_))).map(between_quantiles)
}

fn cut_laws() -> Vec<Distribution> {
    use Distribution::*;
    let mut cut_laws: Vec<Distribution> = laws().into_iter().map(between_quantiles).collect();
    cut_laws.extend([
        cut(Normal { mean: 0.02, sd: 0.02 }, 0.0, 1.0),
        // Pieces far out, on either side.
        cut(Normal { mean: 0.0, sd: 1.0 }, 4.5, 6.0),
        cut(Normal { mean: 0.0, sd: 1.0 }, -6.0, -4.5),
        cut(Gamma { shape: 2.0, scale: 1.0 }, 15.0, f64::INFINITY),
        cut(Exponential { mean: 2.0 }, f64::NEG_INFINITY, 3.0),
        cut(LogNormal { mu: 0.0, sigma: 0.5 }, 0.5, f64::INFINITY),
    ]);
    cut_laws
}

#[test]
fn both_tails_say_the_same_and_keep_their_digits() {
    for law in laws().into_iter().chain(cut_laws()).chain(written_laws()).chain(written_laws_cut()) {
        for p in [1e-12, 1e-6, 0.03, 0.4, 0.5, 0.7, 0.999] {
            // As near as the digits of the quantile allow: a beta law's 1 - x may be less than they tell apart.
            let x = law.upper_quantile(p);
            let [before, after] = [-1e-15, 1e-15].map(|part| law.above(x + part * x.abs()));
            assert!(
                after <= p * (1.0 + 1e-9) && p * (1.0 - 1e-9) <= before,
                "{law:?} above at {p}: {after:e}, {before:e}"
            );
            let x = law.quantile(p);
            if p > 0.01 {
                close(law.upper_quantile(1.0 - p), x, 1e-9);
            }
            assert!((law.below(x) + law.above(x) - 1.0).abs() < 2e-12, "{law:?} at {p}");
        }
        let (low, high) = law.support();
        assert_eq!((law.below(low), law.above(high)), (0.0, 0.0), "{law:?}");
    }
}

#[test]
fn a_truncated_law_is_the_law_between_its_ends() {
    let normal = Distribution::Normal { mean: 0.02, sd: 0.02 };
    let law = cut(normal.clone(), 0.0, 1.0);
    // By the closed form of a normal law cut at 0: mean + sd · lambda, with lambda = density / kept.
    let kept = normal_cdf(1.0);
    let lambda = normal_density(-1.0) / kept;
    close(law.mean(), 0.02 + 0.02 * lambda, 1e-12);
    close(law.sd(), 0.02 * libm::sqrt(1.0 - lambda - lambda * lambda), 1e-11);
    close(law.quantile(0.5), 0.02 + 0.02 * normal_quantile(normal_cdf(-1.0) + 0.5 * kept), 1e-13);
    close(law.cdf(0.03), (normal.cdf(0.03) - normal.cdf(0.0)) / kept, 1e-13);
    for law in cut_laws() {
        for p in [1e-9, 0.01, 0.2, 0.5, 0.8, 0.99, 0.999_999] {
            let back = law.cdf(law.quantile(p));
            // As near as the digits of what lies far from 0 allow.
            assert!((back - p).abs() <= 1e-9 * p + 1e-14, "{law:?} at {p}: {back}");
        }
        let (low, high) = law.support();
        assert_eq!((law.quantile(0.0), law.quantile(1.0)), (low, high), "{law:?}");
    }
    assert_eq!(law.scaled(-2.0).unwrap().support(), (-2.0, 0.0));
    close(law.scaled(-2.0).unwrap().quantile(0.3), -2.0 * law.quantile(0.7), 1e-12);
    close(law.shifted(1.0).unwrap().mean(), 1.0 + law.mean(), 1e-12);
    assert_eq!(cut(Distribution::Beta { a: 2.0, b: 5.0 }, 0.1, 0.5).scaled(2.0), None);
}

/// By the trapezoidal rule over x itself, on the density that differences of the distribution function give.
#[test]
fn mean_and_sd_of_what_is_cut_are_those_of_its_density() {
    for law in cut_laws().into_iter().chain(written_laws_cut()) {
        let (low, high) = law.support();
        let high = if high.is_finite() { high } else { law.upper_quantile(1e-14) };
        let steps = 32_000;
        let at = |i: u32| low + (high - low) * f64::from(i) / f64::from(steps);
        let shares: Vec<(f64, f64)> =
            (0..steps).map(|i| (f64::midpoint(at(i), at(i + 1)), law.cdf(at(i + 1)) - law.cdf(at(i)))).collect();
        let mean: f64 = shares.iter().map(|(x, share)| x * share).sum();
        close(mean, law.mean(), 1e-6);
        let variance: f64 = shares.iter().map(|(x, share)| (x - mean) * (x - mean) * share).sum();
        // What is spread within a step counts too.
        let within = (at(1) - at(0)) * (at(1) - at(0)) / 12.0;
        close(libm::sqrt(variance + within), law.sd(), 1e-6);
    }
}

#[test]
fn the_share_below_a_quantile_is_the_share_asked_for() {
    for law in laws().into_iter().chain(written_laws()) {
        for p in [1e-9, 1e-4, 0.01, 0.2, 0.5, 0.8, 0.99, 0.999_999] {
            let back = law.cdf(law.quantile(p));
            assert!((back - p).abs() <= 1e-13 + 1e-9 * p.min(1e-4), "{law:?} at {p}: {back}");
        }
        let (low, high) = law.support();
        assert!(law.quantile(1e-12) >= low && law.quantile(1.0 - 1e-12) <= high);
        assert_eq!((law.quantile(0.0), law.quantile(1.0)), (low, high), "{law:?}");
        assert_eq!((law.cdf(low), law.cdf(high)), (0.0, 1.0), "{law:?}");
    }
}

/// With `u = normal_cdf(z)`, the mean of f(quantile(u)) is an integral over z against the normal
/// density, smooth and all but zero at both ends.
#[test]
fn mean_and_sd_are_those_of_the_quantiles() {
    for law in laws().into_iter().chain(written_laws()) {
        let step = 1.0 / 64.0;
        let average = |f: &dyn Fn(f64) -> f64| {
            (-512..=512)
                .map(|i| f64::from(i) * step)
                .map(|z| {
                    let x = law.quantile(normal_cdf(z));
                    f(x) * normal_density(z) * step
                })
                .sum::<f64>()
        };
        let mean = average(&|x| x);
        close(mean, law.mean(), 3e-6);
        close(average(&|x| (x - mean) * (x - mean)).sqrt(), law.sd(), 3e-5);
    }
}

#[test]
fn mean_and_sd_agree_with_the_samplers_of_rand_distr() {
    fn check(law: &Distribution, sampler: impl rand_distr::Distribution<f64>) {
        let n = 100_000;
        let mut stream = SmallRng::seed_from_u64(11);
        let sample: Vec<f64> = (0..n).map(|_| sampler.sample(&mut stream)).collect();
        let n = f64::from(n);
        let mean = sample.iter().sum::<f64>() / n;
        let moment = |k: f64| sample.iter().map(|x| libm::pow(x - mean, k)).sum::<f64>() / n;
        let z = (mean - law.mean()) / (law.sd() / n.sqrt());
        assert!(z.abs() < 4.5, "{law:?}: mean, z = {z}");
        let variance = moment(2.0);
        let z = (variance - law.sd() * law.sd()) / ((moment(4.0) - variance * variance) / n).sqrt();
        assert!(z.abs() < 4.5, "{law:?}: variance, z = {z}");
        // The shares below five quantiles.
        for p in [0.01, 0.25, 0.5, 0.75, 0.99] {
            let q = law.quantile(p);
            let share = sample.iter().filter(|x| **x <= q).count() as f64 / n;
            let z = (share - p) / (p * (1.0 - p) / n).sqrt();
            assert!(z.abs() < 4.5, "{law:?}: share below {q}, z = {z}");
        }
    }
    use Distribution::*;
    check(&Normal { mean: 3.0, sd: 2.0 }, rand_distr::Normal::new(3.0, 2.0).unwrap());
    check(&LogNormal { mu: 3.4, sigma: 0.5 }, rand_distr::LogNormal::new(3.4, 0.5).unwrap());
    check(&Beta { a: 2.0, b: 5.0 }, rand_distr::Beta::new(2.0, 5.0).unwrap());
    check(&Gamma { shape: 2.5, scale: 3.0 }, rand_distr::Gamma::new(2.5, 3.0).unwrap());
    check(&Weibull { shape: 1.5, scale: 10.0 }, rand_distr::Weibull::new(10.0, 1.5).unwrap());
    check(&Exponential { mean: 8.0 }, rand_distr::Exp::new(0.125).unwrap());
    check(&Uniform { low: -1.0, high: 4.0 }, rand_distr::Uniform::new(-1.0, 4.0).unwrap());
    check(&Triangular { low: 1.0, mode: 2.0, high: 4.0 }, rand_distr::Triangular::new(1.0, 4.0, 2.0).unwrap());
    check(&Pert { low: 1.0, mode: 2.0, high: 4.0 }, rand_distr::Pert::new(1.0, 4.0).with_mode(2.0).unwrap());
    let logit = rand_distr::Normal::new(-2.6, 0.4).unwrap().map(logistic);
    check(&LogitNormal { mu: -2.6, sigma: 0.4 }, logit);
}

#[test]
fn discrete_laws_step_where_they_should() {
    let coin = Distribution::Bernoulli { p: 0.8 };
    assert_eq!((coin.quantile(0.19), coin.quantile(0.21)), (0.0, 1.0));
    assert_eq!((coin.cdf(-0.1), coin.cdf(0.5), coin.cdf(1.0)), (0.0, 1.0 - 0.8, 1.0));
    close(coin.sd(), 0.4, 1e-15);
    let same = Distribution::Constant(7.0);
    assert_eq!((same.quantile(0.2), same.cdf(6.9), same.cdf(7.0), same.sd()), (7.0, 0.0, 1.0, 0.0));
}

#[test]
fn scaling_and_shifting_move_every_quantile() {
    for law in laws().into_iter().chain(written_laws()) {
        for p in [0.1, 0.6] {
            if let Some(scaled) = law.scaled(2.5) {
                close(scaled.quantile(p), 2.5 * law.quantile(p), 1e-13);
            }
            if let Some(mirrored) = law.scaled(-2.0) {
                close(mirrored.quantile(p), -2.0 * law.quantile(1.0 - p), 1e-12);
            }
            if let Some(shifted) = law.shifted(1.5) {
                close(shifted.quantile(p), 1.5 + law.quantile(p), 1e-13);
            }
        }
    }
    assert_eq!(Distribution::Beta { a: 2.0, b: 5.0 }.scaled(2.0), None);
    assert_eq!(Distribution::LogNormal { mu: 0.0, sigma: 1.0 }.shifted(2.0), None);
}

fn read(text: &str) -> Distribution {
    Distribution::parse(text, Kind::Real).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn a_text_gives_the_law_it_names() {
    assert_eq!(read("beta(2, 5)"), Distribution::Beta { a: 2.0, b: 5.0 });
    assert_eq!(read(" beta ( b = 5 , a=2 ) "), read("beta(2,5)"));
    assert_eq!(read("normal(mean=3, sd=1)"), read("normal(3, 1)"));
    assert_eq!(read("gamma(2, 4)"), read("gamma(shape=2, rate=0.25)"));
    assert_eq!(read("gamma(mean=8, sd=4)"), Distribution::Gamma { shape: 4.0, scale: 2.0 });
    assert_eq!(read("weibull(1.5, 10)"), read("weibull(scale=10, shape=1.5)"));
    assert_eq!(read("exponential(rate=0.125)"), Distribution::Exponential { mean: 8.0 });
    assert_eq!(read("uniform(0, 1_000)"), Distribution::Uniform { low: 0.0, high: 1000.0 });
    assert_eq!(read("triangular(1, 2, 4)"), Distribution::Triangular { low: 1.0, mode: 2.0, high: 4.0 });
    assert_eq!(read("pert(1, 2, 4)"), Distribution::Pert { low: 1.0, mode: 2.0, high: 4.0 });
    assert_eq!(read("bernoulli(0.8)"), Distribution::Bernoulli { p: 0.8 });
    assert_eq!(read("-1_000.5"), Distribution::Constant(-1000.5));
    let normal = Distribution::Normal { mean: 0.02, sd: 0.02 };
    assert_eq!(read("truncated(normal(0.02, 0.02), 0, 1)"), cut(normal.clone(), 0.0, 1.0));
    assert_eq!(read("truncated( normal(mean=0.02, sd=0.02) , high = 1 , low=0 )"), cut(normal.clone(), 0.0, 1.0));
    assert_eq!(read("truncated(normal(0.02, 0.02), low=0)").support(), (0.0, f64::INFINITY));
    let interval = Distribution::parse("truncated(0.05 to 0.09, high=0.1)", Kind::Chance).unwrap();
    assert_eq!(interval.support(), (0.0, 0.1));
    for text in ["lognormal(mean=42, sd=25)", "beta(mean=0.3, sd=0.1)", "gamma(mean=6, sd=4)"] {
        let (mean, sd) = text.split_once("mean=").and_then(|t| t.1.split_once(", sd=")).unwrap();
        close(read(text).mean(), mean.parse().unwrap(), 1e-14);
        close(read(text).sd(), sd.trim_end_matches(')').parse().unwrap(), 1e-13);
    }
    close(read("lognormal(median=36, sigma=0.55)").quantile(0.5), 36.0, 1e-14);
}

#[test]
fn the_language_tells_of_every_law() {
    let page = include_str!("../../../docs/language.md");
    for law in all() {
        let row = |line: &&str| line.starts_with("| `") && line.contains(&format!("`{law}`"));
        assert!(page.lines().find(row).is_some(), "docs/language.md does not tell of `{law}`");
        for example in law.examples {
            assert!(example.starts_with(&format!("{law}(")), "{example}");
        }
    }
}

#[test]
fn an_interval_holds_nine_tenths() {
    for (text, kind, low, high) in [
        ("0.05 to 0.09", Kind::Chance, 0.05, 0.09),
        ("300_000 to 500_000", Kind::Positive, 300_000.0, 500_000.0),
        ("-2   to 1e1", Kind::Real, -2.0, 10.0),
    ] {
        let law = Distribution::parse(text, kind).unwrap();
        close(law.quantile(0.05), low, 1e-13);
        close(law.quantile(0.95), high, 1e-13);
    }
}

#[test]
fn a_fault_teaches() {
    for (text, kind, what, help) in [
        ("betta(2, 5)", Kind::Real, "no distribution `betta`", "beta(2, 5)"),
        ("cauchy(2, 5)", Kind::Real, "no distribution `cauchy`", "known are beta, normal"),
        ("Normal(2, 5)", Kind::Real, "no distribution `Normal`", "normal(mean=3, sd=1)"),
        ("normal(mu=2, sd=5)", Kind::Real, "no parameter `mu`", "mean"),
        ("normal(2)", Kind::Real, "1 given, 2 needed (mean, sd)", "normal(mean=3, sd=1)"),
        ("normal(2, 3, 4)", Kind::Real, "too many parameters", "normal(mean=3, sd=1)"),
        ("normal()", Kind::Real, "0 given, 2 needed", "normal(mean=3, sd=1)"),
        ("lognormal()", Kind::Real, "0 given, 2 needed", "lognormal(mean="),
        ("normal", Kind::Real, "lacks its parameters", "normal(mean=3, sd=1)"),
        ("normal(2, 3", Kind::Real, "closing bracket", "normal(2, 3)"),
        ("normal(mean=2)", Kind::Real, "lacks a parameter", "normal(mean=3, sd=1)"),
        ("normal(2, sd=3)", Kind::Real, "some parameters have names", "name all or none"),
        ("normal(mean=2, mean=3)", Kind::Real, "`mean` is given twice", "keep one"),
        ("normal(2, two)", Kind::Real, "`two`", "normal(mean=3, sd=1)"),
        ("normal(2, )", Kind::Real, "``", "normal(mean=3, sd=1)"),
        ("normal(2, -3)", Kind::Real, "sd = -3 is not above 0", "above 0"),
        ("normal(2, 0)", Kind::Real, "sd = 0", "the number alone"),
        ("normal(nan, 1)", Kind::Real, "not a finite number", "finite"),
        ("inf", Kind::Real, "not a finite number", "finite"),
        ("gamma(shape=2, sd=1)", Kind::Real, "do not go together", "gamma(shape=2, scale=3)"),
        ("lognormal(42, 25)", Kind::Real, "ambiguous", "lognormal(mean=42, sd=25)"),
        ("exponential(8)", Kind::Real, "ambiguous", "exponential(mean=8)"),
        ("uniform(3, 1)", Kind::Real, "low = 3 is above high = 1", "swap"),
        ("uniform(3, 3)", Kind::Real, "both 3", "alone"),
        ("triangular(1, 5, 4)", Kind::Real, "mode 5 lies outside 1 to 4", "triangular(low, mode, high)"),
        ("pert(1, 0, 4)", Kind::Real, "mode 0 lies outside", "pert(low, mode, high)"),
        ("bernoulli(1.2)", Kind::Real, "1.2", "from 0 to 1"),
        ("beta(mean=0.3, sd=0.5)", Kind::Real, "mean 0.3 has an sd of 0.5", "below 0.4583"),
        ("beta(mean=3, sd=0.5)", Kind::Real, "mean 3", "below 1"),
        ("0.09 to 0.05", Kind::Chance, "runs backwards", "0.05 to 0.09"),
        ("0.09 to 0.09", Kind::Chance, "no width", "alone"),
        ("0 to 0.05", Kind::Chance, "leaves the numbers between 0 and 1", "beta(a, b)"),
        ("0.5 to 1.05", Kind::Chance, "leaves", "0.07"),
        ("-1 to 5", Kind::Positive, "at or below 0", "gamma"),
        ("7 %", Kind::Chance, "`7 %`", "write 0.07 (a percentage"),
        ("truncated(normal(0, 1))", Kind::Real, "0 given, 2 needed (low, high)", "truncated(normal("),
        ("truncated()", Kind::Real, "truncated lacks its law", "truncated(normal("),
        ("truncated(normal(0, 1), 2, 1)", Kind::Real, "low = 2 is above high = 1", "swap"),
        ("truncated(normal(0, 1), 9, 10)", Kind::Real, "nothing to speak of is left", "keep at least"),
        ("truncated(truncated(normal(0, 1), 0, 3), 1, 2)", Kind::Real, "truncated again", "truncated(normal("),
        ("truncated(0.3, 0, 1)", Kind::Real, "nothing to cut off `0.3`", "alone"),
        ("truncated(normal(0, -1), 0, 1)", Kind::Real, "sd = -1 is not above 0", "above 0"),
        ("truncated(normal(0, 1), low=0, least=1)", Kind::Real, "no parameter `least`", "low"),
        ("many", Kind::Real, "neither a number nor a distribution", "beta(2, 5)"),
        ("", Kind::Real, "neither", "write a number"),
    ] {
        let fault = Distribution::parse(text, kind).expect_err(text);
        assert!(fault.what.contains(what), "{text}: {}", fault.what);
        assert!(fault.help.contains(help), "{text}: {}", fault.help);
    }
}

/// Value stability: these bits are a promise.
#[test]
fn quantiles_keep_their_bits() {
    let bits: Vec<u64> = laws().iter().map(|law| law.quantile(0.3).to_bits()).collect();
    assert_eq!(bits, STABLE, "{bits:#018x?}");
    let cut: Vec<u64> = cut_laws()[12..].iter().map(|law| law.quantile(0.3).to_bits()).collect();
    assert_eq!(cut, STABLE_CUT, "{cut:#018x?}");
}
const STABLE_CUT: [u64; 6] = [
    0x3F8F_C053_3C58_E7CF,
    0x4012_4D04_E6A9_D784,
    0xC012_FF68_9245_9DFC,
    0x402E_C2A3_EC18_0C6D,
    0x3FE0_FB75_F682_508A,
    0x3FEA_AD54_04B6_7CE4,
];
const STABLE: [u64; 12] = [
    0x3FFF_381C_6A7D_3A06,
    0x4037_0D97_3214_F3D2,
    0x3FAD_14C3_0DD0_D89C,
    0x3FC7_4556_0DCE_9CD5,
    0x3FB4_00A7_E2A8_651A,
    0x4011_FFDB_E057_3FD2,
    0x3F8A_106F_1746_465C,
    0x4014_1E17_AA32_360C,
    0x4006_D3C3_24E1_3F4E,
    0x3FE0_0000_0000_0000,
    0x3FFF_2DCE_89B6_36CB,
    0x3FFD_1EE9_2163_324A,
];
