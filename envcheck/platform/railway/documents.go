package railway

// document is a query with its name, which stands in errors.
type document struct{ name, text string }

// documents are all that this package ever sends. decryptVariables is false in
// every one: with true Railway sends the values of sealed variables, too.
var documents = []document{
	projectTokenDocument, environmentDocument, moreDocument, stagedDocument, projectDocument, pullsDocument,
	workspacesDocument, projectsDocument, instancesDocument, valuesDocument, kindDocument,
}

// environmentFields select what names mode needs of an environment. Variables
// with serviceId null are shared ones; the field service must not be selected,
// since it may not be null and is null for these. The configuration, in which
// the API masks every value, is the evidence that an empty list is no mistake.
const environmentFields = `
fragment EnvironmentFields on Environment {
  id
  name
  projectId
  isEphemeral
  meta { prNumber prRepo }
  deletedAt
  unmergedChangesCount
  config(decryptVariables: false)
  ...Instances
  ...Variables
}` + instanceFields + variableFields

const instanceFields = `
fragment Instances on Environment {
  serviceInstances(first: 100, after: $instancesAfter) {
    edges {
      node {
        serviceId
        serviceName
        deletedAt
        rootDirectory
        source { repo }
        activeDeployments { id status createdAt }
        latestDeployment { id status createdAt }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`

const variableFields = `
fragment Variables on Environment {
  variables(first: 100, after: $variablesAfter) {
    edges { node { name isSealed serviceId references updatedAt } }
    pageInfo { hasNextPage endCursor }
  }
}`

// bucketFields select the storage buckets, which can be referenced as services
// can.
const bucketFields = `
fragment Buckets on Project {
  id
  name
  deletedAt
  buckets(first: 100) {
    edges { node { name } }
    pageInfo { hasNextPage endCursor }
  }
}`

// projectTokenDocument asks who a project token is and, in the same call, for
// the one environment that it reaches.
var projectTokenDocument = document{"EnvtightProjectToken", `
query EnvtightProjectToken($instancesAfter: String, $variablesAfter: String) {
  projectToken {
    projectId
    environmentId
    project { ...Buckets }
    environment { ...EnvironmentFields }
  }
}` + bucketFields + environmentFields}

var environmentDocument = document{"EnvtightEnvironment", `
query EnvtightEnvironment($project: String!, $environment: String!, $instancesAfter: String, $variablesAfter: String, $staged: Boolean!) {
  project(id: $project) { ...Buckets }
  environment(id: $environment, projectId: $project) { ...EnvironmentFields }
  environmentStagedChanges(environmentId: $environment) @include(if: $staged) { status patch(decryptVariables: false) }
}` + bucketFields + environmentFields}

var moreDocument = document{"EnvtightMore", `
query EnvtightMore($project: String!, $environment: String!, $instancesAfter: String, $variablesAfter: String, $instances: Boolean!, $variables: Boolean!) {
  environment(id: $environment, projectId: $project) {
    id
    ...Instances @include(if: $instances)
    ...Variables @include(if: $variables)
  }
}` + instanceFields + variableFields}

var stagedDocument = document{"EnvtightStaged", `
query EnvtightStaged($environment: String!) {
  environmentStagedChanges(environmentId: $environment) { status patch(decryptVariables: false) }
}`}

const environmentList = `
fragment Environments on Project {
  environments(first: 100, after: $after) {
    edges { node { id name isEphemeral deletedAt canAccess unmergedChangesCount } }
    pageInfo { hasNextPage endCursor }
  }
}`

var projectDocument = document{"EnvtightProject", `
query EnvtightProject($project: String!, $after: String) {
  project(id: $project) { id name deletedAt baseEnvironmentId ...Environments }
}` + environmentList}

// pullsDocument lists the environments that come and go with pull requests, with
// what Railway remembers of these. Only who asks for such an environment needs
// it: an error about one of them leaves other runs alone.
var pullsDocument = document{"EnvtightPulls", `
query EnvtightPulls($project: String!, $after: String) {
  project(id: $project) {
    id
    name
    deletedAt
    environments(first: 100, isEphemeral: true, after: $after) {
      edges {
        node {
          id name isEphemeral deletedAt canAccess unmergedChangesCount
          meta { prNumber prRepo }
          sourceEnvironment { id name }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`}

// workspacesDocument works for account and workspace tokens; "me" does not work
// for the latter.
var workspacesDocument = document{"EnvtightWorkspaces", `
query EnvtightWorkspaces { apiToken { workspaces { id name } } }`}

var projectsDocument = document{"EnvtightProjects", `
query EnvtightProjects($workspace: String!, $after: String) {
  projects(workspaceId: $workspace, first: 100, after: $after) {
    edges { node { id name deletedAt primaryEnvironmentId } }
    pageInfo { hasNextPage endCursor }
  }
}`}

var instancesDocument = document{"EnvtightInstances", `
query EnvtightInstances($project: String!, $environment: String!, $instancesAfter: String) {
  project(id: $project) {
    id
    name
    environments(first: 100, isEphemeral: false) {
      edges { node { id name isEphemeral deletedAt canAccess unmergedChangesCount } }
      pageInfo { hasNextPage endCursor }
    }
  }
  environment(id: $environment, projectId: $project) { id ...Instances }
}` + instanceFields}

// valuesDocument asks for one service's values twice: as they are, and as they
// were typed, with their references.
var valuesDocument = document{"EnvtightValues", `
query EnvtightValues($project: String!, $environment: String!, $service: String!) {
  rendered: variables(projectId: $project, environmentId: $environment, serviceId: $service, unrendered: false)
  typed: variables(projectId: $project, environmentId: $environment, serviceId: $service, unrendered: true)
}`}

var kindDocument = document{"EnvtightTokenKind", `
query EnvtightTokenKind {
  projectToken { projectId environmentId project { name } environment { name } }
}`}
