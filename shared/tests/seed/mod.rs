//! What tests are made of that make their cases by a seed, and what their results are folded into.

/// Numbers that look like chance and are the same each time (splitmix64), and what can be made of them.
pub struct Seed(pub u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`.
    pub fn below(&mut self, end: i64) -> i64 {
        (self.next() % u64::try_from(end).unwrap()) as i64
    }

    /// One of them.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as i64) as usize].clone()
    }
}

/// FNV-1a: the same on every machine.
pub struct Hash(pub u64);

impl Hash {
    /// Folds a number in.
    pub fn number(&mut self, number: i64) {
        self.text(&number.to_le_bytes());
    }

    /// Folds a text in.
    pub fn text(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
