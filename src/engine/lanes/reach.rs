//! Reach: looking a number up by stage or by row, in registers where the table is short enough.

use super::lane::Lanes;
use super::strip::Strip;

/// How far a look-up reaches.
pub trait Reach {
    /// A table that is ready to be looked up in.
    type Table<'a, L: Lanes>: Copy;
    /// Makes a table ready.
    fn ready<L: Lanes>(lanes: L, strip: &Strip) -> Self::Table<'_, L>;
    /// Looks up by places.
    fn look<L: Lanes>(lanes: L, table: Self::Table<'_, L>, place: L::U) -> L::U;

    /// Looks up numbers in single precision.
    #[inline(always)]
    fn look_f<L: Lanes>(lanes: L, table: Self::Table<'_, L>, place: L::U) -> L::F {
        lanes.of_bits(Self::look(lanes, table, place))
    }
}

/// Places below 8.
pub struct Eight;
/// Places below 16.
pub struct Sixteen;
/// Any place.
pub struct Many;

impl Reach for Eight {
    type Table<'a, L: Lanes> = L::Eight;
    #[inline(always)]
    fn ready<L: Lanes>(lanes: L, strip: &Strip) -> L::Eight {
        lanes.eight(&strip.bits.as_chunks().0[0])
    }
    #[inline(always)]
    fn look<L: Lanes>(lanes: L, table: L::Eight, place: L::U) -> L::U {
        lanes.look_eight(table, place)
    }
}

impl Reach for Sixteen {
    type Table<'a, L: Lanes> = L::Sixteen;
    #[inline(always)]
    fn ready<L: Lanes>(lanes: L, strip: &Strip) -> L::Sixteen {
        lanes.sixteen(&strip.bits.as_chunks().0[0])
    }
    #[inline(always)]
    fn look<L: Lanes>(lanes: L, table: L::Sixteen, place: L::U) -> L::U {
        lanes.look_sixteen(table, place)
    }
}

impl Reach for Many {
    type Table<'a, L: Lanes> = &'a [u32];
    #[inline(always)]
    fn ready<L: Lanes>(_: L, strip: &Strip) -> &[u32] {
        &strip.bits
    }
    #[inline(always)]
    fn look<L: Lanes>(lanes: L, table: &[u32], place: L::U) -> L::U {
        lanes.look_many(table, place)
    }
}
