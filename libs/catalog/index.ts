export { Catalog, NotRunnable, type CatalogParts, type LiveFlow } from './catalog.js';
export { ComponentRegistry } from './components.js';
export { readCredentials, type CredentialBook, type DefinedCredential, type KnownCredential } from './credentials.js';
export { readFlowFile, readFlowFolder, type FlowFile } from './flow-folder.js';
export { installedComponents, type PluginPlaces } from './installed.js';
export { KeyPlace } from './vault/keys.js';
export { Vault, VaultError, type Sealing } from './vault/vault.js';
