//! What was deleted too long ago to be restored, of every kind in one transaction.

use jiff::Timestamp;
use sqlx::SqlitePool;

use super::{BEGIN, BoxedError, applications, users};

pub(super) async fn forget(pool: &SqlitePool, before: Timestamp) -> Result<(), BoxedError> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    applications::forget_deleted(&mut transaction, before).await?;
    users::forget_deleted(&mut transaction, before).await?;
    transaction.commit().await?;
    Ok(())
}
