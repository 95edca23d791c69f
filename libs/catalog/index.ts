export { Catalog, NotRunnable, type CatalogParts } from './catalog.js';
export { ComponentRegistry } from './components.js';
export { readCredentials, type CredentialBook } from './credentials.js';
export { readEndpoints, NO_ENDPOINTS, type EndpointBook } from './endpoints.js';
export type { LiveEndpoint, LiveFlow } from './live.js';
export { readFlowFile, readFlowFolder, type FlowFile } from './flow-folder.js';
export { FlowFileError } from './flow-file.js';
export { flowIdObjection, Publisher, type Base, type PublishResult, type Theirs } from './publisher.js';
export { installedComponents, type PluginPlaces } from './installed.js';
