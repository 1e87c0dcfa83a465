//! Services that run containers for others: whoever uses them has no command line or manifest of the container, only
//! what the service lets them set. Each is told by a variable that it gives every container.

/// Such a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosted {
    /// Google App Engine, flexible environment.
    AppEngine,
    /// Azure Machine Learning.
    AzureMl,
    /// Azure Container Apps.
    ContainerApps,
    /// Azure Container Instances.
    ContainerInstances,
    CloudRun,
    Colab,
    Heroku,
    /// An add-on of Home Assistant, which its Supervisor starts.
    HomeAssistant,
    Kaggle,
    /// A game server, which Pterodactyl's Wings starts.
    Pterodactyl,
    Railway,
    Render,
    /// Amazon SageMaker.
    SageMaker,
    /// Google's Vertex AI, and the AI Platform before it.
    VertexAi,
}

/// The variables, and whose they are. Knative sets `K_SERVICE` too, in pods.
pub(super) const MARKS: [(&str, Hosted); 22] = [
    ("AIP_HTTP_PORT", Hosted::VertexAi),
    ("AIP_MODEL_DIR", Hosted::VertexAi),
    ("AZUREML_RUN_ID", Hosted::AzureMl),
    ("CLOUD_ML_JOB_ID", Hosted::VertexAi),
    ("CLOUD_RUN_JOB", Hosted::CloudRun),
    ("COLAB_RELEASE_TAG", Hosted::Colab),
    ("CONTAINER_APP_REVISION", Hosted::ContainerApps),
    ("DYNO", Hosted::Heroku),
    ("Fabric_ApplicationName", Hosted::ContainerInstances),
    ("GAE_SERVICE", Hosted::AppEngine),
    ("HASSIO_TOKEN", Hosted::HomeAssistant),
    ("KAGGLE_KERNEL_RUN_TYPE", Hosted::Kaggle),
    ("K_SERVICE", Hosted::CloudRun),
    ("P_SERVER_UUID", Hosted::Pterodactyl),
    ("RAILWAY_PROJECT_ID", Hosted::Railway),
    ("RENDER_SERVICE_ID", Hosted::Render),
    // Studio's applications and spaces.
    ("SAGEMAKER_APP_TYPE", Hosted::SageMaker),
    ("SAGEMAKER_SPACE_NAME", Hosted::SageMaker),
    ("SM_MODEL_DIR", Hosted::SageMaker),
    ("SM_TRAINING_ENV", Hosted::SageMaker),
    ("SUPERVISOR_TOKEN", Hosted::HomeAssistant),
    // A training job, also of an image without SageMaker's toolkit.
    ("TRAINING_JOB_ARN", Hosted::SageMaker),
];
