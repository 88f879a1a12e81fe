//! Attachments and templates, whose files lie in blob storage, and the settings of printing.

use super::environment::host_prefix;
use super::generator::Generator;
use super::table::{Context, rec_id};
use super::words::COMPANIES;

/// `DocuValue.StorageProviderId`.
const IN_DATABASE: i32 = 0;
const IN_BLOB_STORAGE: i32 = 1;
/// The table that attachments hang on: customers.
const CUSTOMERS_TABLE: i32 = 77;

const ATTACHMENTS: [(&str, &str); 4] = [
    ("Framework contract", "pdf"),
    ("Credit report", "pdf"),
    ("Price agreement", "xlsx"),
    ("Photo of the damage", "jpg"),
];

const PRINTED: [(&str, i32, &str); 6] = [
    ("Customer invoice", 1, "SalesInvoice.Report"),
    ("Order confirmation", 2, "SalesConfirm.Report"),
    ("Packing slip", 3, "SalesPackingSlip.Report"),
    ("Picking list", 4, "SalesPickingList.Report"),
    ("Purchase order", 8, "PurchPurchaseOrder.Report"),
    ("Collection letter", 14, "CustCollectionJour.Report"),
];

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/documents.sql"))?;
    write_attachments(context)?;
    write_deleted(context)?;
    write_templates(context)?;
    write_printing(context)
}

/// Where a file of this environment lies.
fn blob_url(context: &Context<'_>, id: &str) -> String {
    let account: String = host_prefix(&context.plan.environment)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(20)
        .collect();
    format!("https://{account}docs.blob.example/documents/{id}")
}

const VALUE_COLUMNS: &str =
    "NAME, FILENAME, FILETYPE, FILEID, STORAGEPROVIDERID, ACCESSINFORMATION, FILE_, TYPE";
const REFERENCE_COLUMNS: &str =
    "REFTABLEID, REFRECID, REFCOMPANYID, TYPEID, NAME, NOTES, VALUERECID";

fn write_attachments(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut values = context.table("DOCUVALUE", VALUE_COLUMNS)?;
    let mut references = context.table("DOCUREF", REFERENCE_COLUMNS)?;
    for number in 0..context.plan.attachments.kept {
        let mut chance = context.chance("attachment", number);
        let at = context.plan.moment_of(number, context.plan.attachments);
        let (name, extension) = chance.pick(&ATTACHMENTS);
        let id = chance.guid();
        let file = format!("{name} {:05}.{extension}", number + 1);
        // The first attachment is so old that its bytes lie in the database itself.
        let (provider, place, bytes) = if number == 0 {
            (IN_DATABASE, String::new(), Some(chance.bytes(2_048)))
        } else {
            (IN_BLOB_STORAGE, blob_url(context, &id), None)
        };
        let value = values.insert(
            at,
            &[name, &file, extension, &id, &provider, &place, &bytes, &0],
        )?;
        let customer = chance.below(context.plan.customers.kept);
        let company = &COMPANIES[usize::from(customer % 3 == 2)];
        let notes = note(&mut chance);
        references.insert(
            at,
            &[
                &CUSTOMERS_TABLE,
                &rec_id(customer),
                &company.id,
                &"File",
                name,
                &notes,
                &value,
            ],
        )?;
    }
    Ok(())
}

fn note(chance: &mut Generator) -> Option<String> {
    chance.happens(40).then(|| {
        format!(
            "Discussed on the telephone, case {}",
            chance.between(1_000, 9_999)
        )
    })
}

/// What was deleted leaves a trace, as its file is deleted later.
fn write_deleted(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut deleted = context.table(
        "DOCUDELETEDVALUE",
        "NAME, FILEID, STORAGEPROVIDERID, ACCESSINFORMATION, DELETEDDATETIME",
    )?;
    for number in 0..3 {
        let id = context.chance("deleted attachment", number).guid();
        let at = context.plan.now;
        let name = format!("Obsolete contract {}", number + 1);
        deleted.insert(
            at,
            &[&name, &id, &IN_BLOB_STORAGE, &blob_url(context, &id), &at],
        )?;
    }
    Ok(())
}

fn write_templates(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut templates = context.table(
        "DOCUTEMPLATE",
        "TEMPLATEID, NAME, FILENAME, FILEID, STORAGEPROVIDERID, ACCESSINFORMATION",
    )?;
    for (number, name) in (0..).zip(["Customer list", "Journal lines", "Free text invoice"]) {
        let mut chance = context.chance("template", number);
        let (template, id) = (chance.guid(), chance.guid());
        let file = format!("{name}.xlsx");
        templates.insert(
            context.plan.start(),
            &[
                &template,
                &name,
                &file,
                &id,
                &IN_BLOB_STORAGE,
                &blob_url(context, &id),
            ],
        )?;
    }
    Ok(())
}

fn write_printing(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let mut instances = context.table(
        "PRINTMGMTDOCINSTANCE",
        "NAME, DOCUMENTTYPE, NODETYPE, REFERENCEDTABLEID, REFERENCEDRECID, PRIORITYID",
    )?;
    let mut settings = context.table(
        "PRINTMGMTSETTINGS",
        "PARENTID, PRIORITYID, NUMBEROFCOPIES, FOOTERTEXT, REPORTFORMAT, PRINTJOBSETTINGS",
    )?;
    for (number, (name, kind, format)) in (0..).zip(PRINTED) {
        let instance = instances.insert(at, &[&name, &kind, &1, &0, &0, &1])?;
        let destination = context.chance("printing", number).bytes(120);
        settings.insert(
            at,
            &[&instance, &1, &2, &"Thank you.", &format, &destination],
        )?;
    }
    Ok(())
}
