import type { Component } from '@millrace/component-sdk';

/** Why a plugin, or one of its components, is not there. */
export interface PluginProblem {
  /** Stable: `plugin.not-found`, `plugin.no-entry`, `plugin.load-failed`, `plugin.bad-export`, `plugin.bad-component`, … */
  code: string;
  /** The configured path or name, or the file found there. */
  plugin: string;
  /** What is wrong, and what to do. */
  message: string;
}

export interface PluginComponent {
  component: Component;
  /** The file it came from. */
  source: string;
}

export interface LoadedPlugins {
  components: PluginComponent[];
  problems: PluginProblem[];
}
