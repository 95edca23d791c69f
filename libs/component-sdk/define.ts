import type { Component, ComponentDefinition, Plugin } from './component.js';
import type { JsonSchema } from './json.js';

/**
 * Defines a component. The types of `props` and of the output follow from their JSON Schemas, so that a misspelt prop or
 * a wrong output does not compile. Returns the definition as it is: a component is a plain value.
 */
export function defineComponent<const P extends JsonSchema, const O extends JsonSchema = JsonSchema>(
  definition: ComponentDefinition<P, O>,
): Component {
  return definition;
}

/** Defines a plugin: the default export of a plugin's entry file. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
