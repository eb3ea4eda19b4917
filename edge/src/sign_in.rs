//! What signing in needs of the outside: the runtime's cryptography, the keys of those who vouch for somebody, and cookies.
//!
//! Not here: who may come in (`desk_do::sign_in`), or what a token must say (`shared::jwt`).

pub mod cookie;
pub mod fetch;
pub mod openid;
pub mod subtle;
pub mod token;
