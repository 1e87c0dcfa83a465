//! What the users of a service that runs containers for others can set there.

use super::{Change, Site, binary, mebibytes, quantity};
use crate::capacity::origin::Origin;
use crate::facts::Hosted;

/// What programs can do that have only a small /dev/shm.
pub(super) const WITH_LESS: &str = "have the program use a folder on disk, or less of it (Chrome: --disable-dev-shm-usage; \
    PyTorch: num_workers=0; NCCL: NCCL_SHM_DISABLE=1; PostgreSQL: dynamic_shared_memory_type = mmap)";

pub(super) fn hosted(service: Hosted, site: &Site, change: &Change) -> String {
    let name = name(service);
    match change {
        Change::Memory(memory) => more_memory(service, &quantity(*memory)),
        Change::Both { shm, memory } => format!(
            "{}\nand {}",
            more_memory(service, &quantity(*memory)),
            hosted(service, site, &Change::Size(*shm))
        ),
        Change::Size(size) => match service {
            Hosted::Railway => {
                let bytes = mebibytes(*size).saturating_mul(1 << 20);
                format!("the service's variable: RAILWAY_SHM_SIZE_BYTES={bytes}")
            }
            Hosted::AzureMl => {
                format!("in the job's YAML: resources: {{shm_size: {}}}", binary(*size))
            }
            Hosted::VertexAi => format!(
                "for a model: containerSpec.sharedMemorySizeMb: {}\na training job takes no size: {WITH_LESS}",
                mebibytes(*size)
            ),
            Hosted::HomeAssistant => format!(
                "Home Assistant takes no size for an add-on: have it use less (Frigate: smaller detect streams, fewer cameras)\n\
                 or run the program as a container of its own, beside it (Portainer or Compose: shm_size: {0})\n\
                 or by the add-on's author, in its config.yaml: host_ipc: true (the host's own /dev/shm)",
                binary(*size)
            ),
            Hosted::SageMaker => format!(
                "SageMaker takes no size: a larger instance type, in Studio also a current image, may have more; \
                 else {WITH_LESS}"
            ),
            _ if site.origin == Origin::Missing => {
                format!(
                    "{name} mounts none, and lets nobody mount one: use pipes, threads or memfd_create() instead"
                )
            }
            _ => format!("{name} takes no size: {WITH_LESS}"),
        },
        Change::Mode | Change::Writable | Change::Executable | Change::Inodes => {
            format!("{name} mounts it, and takes no options: use another folder")
        }
        Change::Unlimited(_) | Change::Sysctl(..) => {
            format!("{name} sets it, and takes no other value")
        }
    }
}

const fn name(service: Hosted) -> &'static str {
    match service {
        Hosted::AppEngine => "App Engine",
        Hosted::AzureMl => "Azure Machine Learning",
        Hosted::ContainerApps => "Azure Container Apps",
        Hosted::ContainerInstances => "Azure Container Instances",
        Hosted::CloudRun => "Cloud Run",
        Hosted::Colab => "Colab",
        Hosted::Heroku => "Heroku",
        Hosted::HomeAssistant => "Home Assistant",
        Hosted::Kaggle => "Kaggle",
        Hosted::Pterodactyl => "Pterodactyl",
        Hosted::Railway => "Railway",
        Hosted::Render => "Render",
        Hosted::SageMaker => "SageMaker",
        Hosted::VertexAi => "Vertex AI",
    }
}

fn more_memory(service: Hosted, memory: &str) -> String {
    match service {
        Hosted::AppEngine => format!("in app.yaml, resources: memory_gb: {memory} or more"),
        Hosted::ContainerApps => format!("az containerapp update --memory {memory} ..."),
        Hosted::ContainerInstances => format!("az container create --memory with {memory} or more"),
        Hosted::CloudRun => {
            format!("gcloud run deploy --memory={memory} ..., or gcloud run jobs update")
        }
        Hosted::Heroku => format!("a dyno type with {memory} or more"),
        Hosted::HomeAssistant => format!("a machine with {memory} or more for it"),
        Hosted::Pterodactyl => format!("the server's memory in the panel: {memory}"),
        Hosted::AzureMl | Hosted::SageMaker | Hosted::VertexAi => {
            format!("a machine type with {memory} or more")
        }
        Hosted::Colab | Hosted::Kaggle | Hosted::Railway | Hosted::Render => {
            format!("a plan or machine with {memory} or more")
        }
    }
}
