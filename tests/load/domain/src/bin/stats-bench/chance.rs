//! Chance by a seed, and numbers of successes.

/// Numbers that look like chance and are the same each time (splitmix64).
pub struct Chance(u64);

impl Chance {
    /// Another one for each simulation, so that each can be had again alone.
    pub fn of(seed: u64, simulation: u32) -> Self {
        let mut chance = Self(seed ^ (u64::from(simulation) << 32));
        chance.next();
        chance
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let bits = (self.next() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// From the normal distribution (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.unit(), self.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// Whether something of this chance happens.
    pub fn happens(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }
}

/// How many of so many succeed: drawn from a table of the distribution.
pub struct Successes {
    up_to: Vec<f64>,
}

impl Successes {
    pub fn new(n: u64, rate: f64) -> Self {
        let n = f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let mut up_to = Vec::new();
        let (mut chance, mut sum, mut k) = ((n * (-rate).ln_1p()).exp(), 0.0, 0.0);
        while k <= n && sum < 1.0 - 1e-15 {
            sum += chance;
            up_to.push(sum);
            chance *= (n - k) / (k + 1.0) * rate / (1.0 - rate);
            k += 1.0;
        }
        Self { up_to }
    }

    pub fn draw(&self, chance: &mut Chance) -> u64 {
        let drawn = chance.unit();
        u64::try_from(self.up_to.partition_point(|up_to| *up_to <= drawn)).unwrap_or(u64::MAX)
    }
}
