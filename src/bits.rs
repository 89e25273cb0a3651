//! Bits: how records are written, exactly. Numbers stand as they are in memory, the little end first, so that what is read
//! back is the same to the last bit.

use std::sync::Arc;

/// What can be written as bytes and read back.
pub trait Bits: Sized {
    /// Appends its bytes.
    fn put(&self, into: &mut Vec<u8>);

    /// Takes it from the front of some bytes; none where they do not begin with one.
    fn take(from: &mut &[u8]) -> Option<Self>;
}

/// Writes a struct field by field. A field that is left out does not compile.
macro_rules! bits {
    ($name:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::bits::Bits for $name {
            fn put(&self, into: &mut Vec<u8>) {
                let Self { $($field),+ } = self;
                $($crate::bits::Bits::put($field, into);)+
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: $crate::bits::Bits::take(from)?),+ })
            }
        }
    };
}
pub(crate) use bits;

/// Writes a struct around one value, or a choice without values by the places of its kinds in a list.
macro_rules! bits_of_one {
    ($name:ident($inner:ty)) => {
        impl $crate::bits::Bits for $name {
            fn put(&self, into: &mut Vec<u8>) {
                self.0.put(into);
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                <$inner as $crate::bits::Bits>::take(from).map(Self)
            }
        }
    };
    ($name:ident { $($kind:ident = $number:literal),+ $(,)? }) => {
        impl $crate::bits::Bits for $name {
            fn put(&self, into: &mut Vec<u8>) {
                let number: u8 = match self {
                    $(Self::$kind => $number,)+
                };
                number.put(into);
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                match u8::take(from)? {
                    $($number => Some(Self::$kind),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use bits_of_one;

macro_rules! numbers {
    ($($kind:ty),+) => {
        $(impl Bits for $kind {
            fn put(&self, into: &mut Vec<u8>) {
                into.extend(self.to_le_bytes());
            }

            fn take(from: &mut &[u8]) -> Option<Self> {
                let (bytes, rest) = from.split_first_chunk()?;
                *from = rest;
                Some(Self::from_le_bytes(*bytes))
            }
        })+
    };
}
numbers!(u8, u32, u64, i128, f64);

impl Bits for usize {
    fn put(&self, into: &mut Vec<u8>) {
        (*self as u64).put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        u64::take(from)?.try_into().ok()
    }
}

impl Bits for bool {
    fn put(&self, into: &mut Vec<u8>) {
        u8::from(*self).put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        match u8::take(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Bits for String {
    fn put(&self, into: &mut Vec<u8>) {
        self.len().put(into);
        into.extend(self.as_bytes());
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let length = usize::take(from)?;
        let (bytes, rest) = from.split_at_checked(length)?;
        *from = rest;
        Self::from_utf8(bytes.to_vec()).ok()
    }
}

impl<T: Bits> Bits for Vec<T> {
    fn put(&self, into: &mut Vec<u8>) {
        self.len().put(into);
        self.iter().for_each(|item| item.put(into));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        // No room is taken for what is only said to come.
        let length = usize::take(from)?;
        (0..length).map(|_| T::take(from)).collect()
    }
}

impl<T: Bits> Bits for Option<T> {
    fn put(&self, into: &mut Vec<u8>) {
        self.is_some().put(into);
        self.iter().for_each(|item| item.put(into));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        if bool::take(from)? { T::take(from).map(Some) } else { Some(None) }
    }
}

impl<A: Bits, B: Bits> Bits for (A, B) {
    fn put(&self, into: &mut Vec<u8>) {
        self.0.put(into);
        self.1.put(into);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some((A::take(from)?, B::take(from)?))
    }
}

impl<T: Bits> Bits for Arc<[T]> {
    fn put(&self, into: &mut Vec<u8>) {
        self.len().put(into);
        self.iter().for_each(|item| item.put(into));
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Vec::take(from).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_back_is_the_same_to_the_last_bit() {
        type All = (Vec<Option<(f64, i128)>>, (String, (bool, u32)));
        let all: All = (
            vec![Some((-0.0, i128::MIN)), None, Some((f64::from_bits(0x7ff8_0000_0000_0001), 1))],
            ("åäö".to_owned(), (true, 7)),
        );
        let mut bytes = Vec::new();
        all.put(&mut bytes);
        let mut from = bytes.as_slice();
        let again = All::take(&mut from).unwrap();
        let mut others = Vec::new();
        again.put(&mut others);
        assert!(from.is_empty() && bytes == others);
    }

    #[test]
    fn bytes_that_end_early_are_nothing_and_take_no_room() {
        let mut bytes = Vec::new();
        u64::MAX.put(&mut bytes);
        assert_eq!(Vec::<f64>::take(&mut bytes.as_slice()), None);
        assert_eq!(String::take(&mut bytes.as_slice()), None);
        assert_eq!(bool::take(&mut [7_u8].as_slice()), None);
    }
}
