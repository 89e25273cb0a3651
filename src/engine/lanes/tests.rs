//! Every instruction set gives the bits of the portable lanes, operation by operation.

#![expect(clippy::many_single_char_names, reason = "lanes of numbers without a meaning")]

use super::*;

/// Numbers that are awkward: zeros with signs, halves, huge, tiny, ties.
fn awkward(n: usize) -> Vec<u32> {
    let mut words: Vec<u32> = vec![0, 1, 2, 7, 8, 15, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x8000_0001];
    words.extend([0.0_f32, -0.0, 0.5, 1.0, -1.5, 2.5, 1e9, -1e9, 1e-40, 3.4e38].map(f32::to_bits));
    let mut x = 0x9E37_79B9_u32;
    while words.len() < n {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        words.push(x ^ x >> 15);
    }
    words.truncate(n);
    words
}

/// Every operation on two columns; the results one after the other.
struct Everything<'a> {
    a: &'a [u32],
    b: &'a [u32],
    out: &'a mut Vec<u32>,
}

impl Kernel for Everything<'_> {
    type Output = ();
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        // One column of results for each operation, so that the width does not change their order.
        let mut columns: Vec<Vec<u32>> = Vec::new();
        let n = self.a.len();
        let (eight, sixteen) = ([3, 1, 4, 1, 5, 9, 2, 6], [0, 11, 22, 33, 44, 55, 66, 77, 88, 99, 1, 2, 3, 4, 5, 6]);
        let rows = Rows::new([0, 1, 2, 3, 4, 5, 6, 7].map(|at| sixteen.map(|x| x * 10 + at)));
        let many: Vec<u32> = (0..37).map(|i| i * i).collect();
        let (mut packed, mut packed_numbers) = (vec![0; n + MOST_LANES], vec![0.0; n + MOST_LANES]);
        let (mut count, mut numbers, mut counted) = (0, 0, 0);
        for step in 0..n / L::N {
            let (a, b) = (l.load(&l.words(self.a, n / L::N)[step]), l.load(&l.words(self.b, n / L::N)[step]));
            // Sums and products of what is no number may differ in its bits; comparisons and choices may not.
            let (odd, other) = (l.of_bits(a), l.of_bits(b));
            let (x, y) = (l.mul_f(l.to_f(a), l.f(1e-3)), l.mul_f(l.to_f(b), l.f(1e-3)));
            let philox = l.philox(a, [7, 8, 9], &philox_keys([1, 2]));
            let yes = l.ge_f(x, y);
            let fours: Vec<[u32; 4]> = (0..23).map(|i| [i, 2 * i, 3 * i, i * i]).collect();
            let four = l.look_four(&fours, l.right::<26>(b));
            let row = l.look_row(&rows, l.right::<28>(b));
            let results = [
                l.bits_of(l.add_f(x, y)),
                l.bits_of(l.sub_f(x, y)),
                l.bits_of(l.mul_f(x, y)),
                l.bits_of(l.div_f(x, l.max_f(y, l.f(1e-3)))),
                l.bits_of(l.min_f(x, y)),
                l.bits_of(l.max_f(x, y)),
                l.bits_of(l.pick_f(yes, x, y)),
                l.bits_of(l.mul_add(x, y, l.f(0.1))),
                l.whole(x),
                l.add(a, b),
                l.sub(a, b),
                l.mul(a, b),
                l.min(a, b),
                l.and(a, b),
                l.and_not(a, b),
                l.or(a, b),
                l.xor(a, b),
                l.left::<3>(a),
                l.right::<5>(a),
                l.right_by(a, l.and(b, l.u(31))),
                l.pick(l.eq(l.and(a, l.u(1)), l.u(0)), a, b),
                l.pick(l.ge(a, b), a, b),
                l.plus_one(a, l.both(l.ge(a, b), yes)),
                l.look_eight(l.eight(&eight), l.and(a, l.u(7))),
                l.look_sixteen(l.sixteen(&sixteen), l.and(a, l.u(15))),
                l.look_many(&many, l.right::<20>(a)),
                row[0],
                row[5],
                row[7],
                l.bits_of(l.min_f(odd, other)),
                l.bits_of(l.max_f(odd, other)),
                l.bits_of(l.pick_f(l.ge_f(odd, other), odd, other)),
                philox[0],
                philox[1],
                philox[2],
                philox[3],
                four[0],
                four[1],
                four[2],
                four[3],
            ];
            columns.resize(results.len(), vec![0; n]);
            for (column, result) in columns.iter_mut().zip(results) {
                l.store(&mut l.words_mut(column, n / L::N)[step], result);
            }
            count += l.pack(&mut packed, count, l.ge(a, b), a);
            numbers += l.pack_f(&mut packed_numbers, numbers, yes, x);
            counted += l.count(yes);
        }
        self.out.extend(columns.into_iter().flatten());
        self.out.extend(&packed[..count]);
        self.out.extend(packed_numbers[..numbers].iter().map(|x| x.to_bits()));
        self.out.push(counted);
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let a = awkward(1024);
    let mut b = awkward(1024);
    b.rotate_left(5);
    let of = |set: InstructionSet| {
        let mut out = Vec::new();
        set.run(Everything { a: &a, b: &b, out: &mut out });
        out
    };
    let portable = of(InstructionSet::PORTABLE);
    assert!(portable.len() > 40 * 1024);
    for set in InstructionSet::available() {
        assert!(of(set) == portable, "{}", set.name());
    }
}

#[test]
fn an_instruction_set_is_found_by_its_name() {
    for set in InstructionSet::available() {
        assert_eq!(InstructionSet::named(set.name()), Some(set));
    }
    assert_eq!(InstructionSet::named("none such"), None);
}
