/** The pages that are seldom looked at: their code is loaded with the first of them. */
export { AuditPage } from './audit-page.js';
export { CredentialPage } from './credential-page.js';
export { EndpointPage } from './endpoint-page.js';
export { EndpointsPage } from './endpoints-page.js';
export { SettingsPage } from './settings-page.js';
