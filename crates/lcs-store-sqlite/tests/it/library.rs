//! The asset library.

use jiff::{SignedDuration, Timestamp};
use lcs_projects::{
    Asset, AssetState, AssetStore, NewProject, Project, ProjectStore as _, UserKey,
};
use lcs_types::{AssetId, ProjectId, TenantId, UserId};
use lcs_wire::lcs::AssetFileType;

const PROJECT: ProjectId = ProjectId(7);

fn asset(number: u32, project: Option<ProjectId>) -> Asset {
    let created_at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(number.into());
    Asset {
        id: AssetId::from_u128(number.into()),
        project,
        name: format!("Größe {number}"),
        file_name: "x.zip".to_owned(),
        description: Some("for UAT".to_owned()),
        file_type: AssetFileType::SoftwareDeployablePackage,
        artifact: format!("a/{number}"),
        state: AssetState::Uploading,
        size_bytes: None,
        created_at,
        modified_at: created_at,
        created_by: project.map(|_| UserKey {
            tenant: TenantId::from_u128(1),
            user: UserId::from_u128(2),
        }),
    }
}

async fn store() -> lcs_store_sqlite::SqliteStore {
    let (store, ()) = crate::in_memory().await;
    for id in [PROJECT, ProjectId(8)] {
        let project = Project {
            id,
            name: "Contoso".to_owned(),
            organization_id: 1,
        };
        let new = NewProject {
            project,
            members: Vec::new(),
            environments: Vec::new(),
        };
        store.create_project(&new).await.unwrap();
    }
    store
}

#[tokio::test]
async fn assets_are_found_in_their_project_and_shared_ones_everywhere() {
    let store = store().await;
    let (own, shared) = (asset(1, Some(PROJECT)), asset(2, None));
    for each in [&own, &shared] {
        store.add_asset(each).await.unwrap();
        store.add_asset(each).await.unwrap();
        let found = store.asset(PROJECT, each.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(each));
    }
    let elsewhere = ProjectId(8);
    assert_eq!(store.asset(elsewhere, own.id).await.unwrap(), None);
    assert_eq!(
        store.asset(elsewhere, shared.id).await.unwrap(),
        Some(shared.clone())
    );
    let package = AssetFileType::SoftwareDeployablePackage;
    assert_eq!(
        store.assets(Some(PROJECT), package).await.unwrap(),
        std::slice::from_ref(&own)
    );
    assert_eq!(
        store.assets(None, package).await.unwrap(),
        std::slice::from_ref(&shared)
    );
    let models = store.assets(Some(PROJECT), AssetFileType::Model).await;
    assert_eq!(models.unwrap(), []);
    // The shared library is nobody's to delete from.
    assert!(!store.remove_asset(PROJECT, shared.id).await.unwrap());
    assert!(store.remove_asset(PROJECT, own.id).await.unwrap());
    assert!(!store.remove_asset(PROJECT, own.id).await.unwrap());
}

#[tokio::test]
async fn lists_have_the_newest_first() {
    let store = store().await;
    for number in [2, 3, 1] {
        store
            .add_asset(&asset(number, Some(PROJECT)))
            .await
            .unwrap();
    }
    let package = AssetFileType::SoftwareDeployablePackage;
    let list = store.assets(Some(PROJECT), package).await.unwrap();
    let ids: Vec<AssetId> = list.iter().map(|each| each.id).collect();
    assert_eq!(ids, [3, 2, 1].map(AssetId::from_u128));
}

#[tokio::test]
async fn a_state_changes_once_from_the_expected_one() {
    let store = store().await;
    let new = asset(1, Some(PROJECT));
    store.add_asset(&new).await.unwrap();
    let (from, to) = (AssetState::Uploading, AssetState::Validating);
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
    let change = async || store.change_asset(new.id, &from, &to, Some(5), now).await;
    assert!(change().await.unwrap());
    assert!(!change().await.unwrap());
    assert_eq!(store.assets_in_validation().await.unwrap().len(), 1);
    let finding = "no zip".to_owned();
    let invalid = AssetState::Invalid { finding };
    assert!(
        store
            .change_asset(new.id, &to, &invalid, None, now)
            .await
            .unwrap()
    );
    let found = store.asset(PROJECT, new.id).await.unwrap().unwrap();
    assert_eq!((found.state, found.size_bytes), (invalid, Some(5)));
    assert_eq!(found.modified_at, now);
    assert_eq!(store.assets_in_validation().await.unwrap(), []);
}
