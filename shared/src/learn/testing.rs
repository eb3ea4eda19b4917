//! A seeded generator for tests: Marsaglia's xorshift64* (2003), so that every failure can be repeated.

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, count: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        u32::try_from(drawn % u64::from(count)).unwrap_or(0)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let at = self.below(u32::try_from(from.len()).unwrap());
        from[usize::try_from(at).unwrap()]
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        f64::from(self.below(1_000_000)) < probability * 1e6
    }
}
