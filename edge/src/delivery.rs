//! One effect out, keyed and safe to repeat. Each destination has a file.

pub mod webhook;

use std::pin::Pin;

/// Whichever ends first; `None` for the second.
pub async fn first<T>(
    mut one: Pin<&mut impl Future<Output = T>>,
    mut other: Pin<&mut impl Future<Output = ()>>,
) -> Option<T> {
    std::future::poll_fn(move |context| {
        use std::task::Poll;
        if let Poll::Ready(value) = one.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        other.as_mut().poll(context).map(|()| None)
    })
    .await
}
