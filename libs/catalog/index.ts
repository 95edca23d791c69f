export { Catalog, NotRunnable, type CatalogParts, type LiveFlow } from './catalog.js';
export { ComponentRegistry, schemaCheck } from './components.js';
export { readCredentials, type CredentialBook } from './credentials.js';
export { readFlowFile, readFlowFolder, type FlowFile } from './flow-folder.js';
export { FlowFileError } from './flow-file.js';
export { flowIdObjection, Publisher, type Base, type PublishResult, type Theirs } from './publisher.js';
export { installedComponents, type PluginPlaces } from './installed.js';
