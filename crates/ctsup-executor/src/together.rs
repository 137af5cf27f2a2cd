//! Several futures beside each other in one task, as `join_all` is: none of them is spawned, so that
//! nothing goes on when whoever waits stops waiting.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

/// Waits for all; their answers stand in the order of the futures.
pub(crate) async fn together<F: Future>(all: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<Pin<Box<F>>> = all.into_iter().map(Box::pin).collect();
    let mut answers: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, answer) in waiting.iter_mut().zip(&mut answers) {
            if answer.is_some() {
                continue;
            }
            match future.as_mut().poll(context) {
                Poll::Ready(done) => *answer = Some(done),
                Poll::Pending => ready = false,
            }
        }
        if ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::together;

    #[tokio::test]
    async fn all_wait_at_the_same_time() {
        let began = tokio::time::Instant::now();
        let slow = |n: u64| async move {
            tokio::time::sleep(Duration::from_millis(500 - n)).await;
            n
        };
        assert_eq!(together((0..4).map(slow)).await, [0, 1, 2, 3]);
        let took = began.elapsed().as_millis();
        assert!((500..1500).contains(&took), "{took} ms");
    }
}
