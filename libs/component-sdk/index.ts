export * from './component.js';
export type * from './credential.js';
export * from './define.js';
export * from './errors.js';
export type { Infer } from './infer.js';
export type { Json, JsonSchema } from './json.js';
export * from './request.js';
export * from './response.js';
export * from './try-component.js';
