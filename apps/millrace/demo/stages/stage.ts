import type { Credential } from '@millrace/credentials';
import type { Client } from '../../client/index.js';
import type { Arrival } from '../stand-ins.js';

/** Where the scenes play: an instance, and what one may know of it. */
export interface Stage {
  readonly client: Client;
  /** One line about the place, for the audience. */
  readonly about: string;
  /** Throws, saying which variable is missing, when it cannot be used. */
  credential(name: string): Credential;
  /** What arrived since the last call; undefined where the flows send to the real vendors. */
  arrivals(): readonly Arrival[] | undefined;
  /** The instance's last words, for when something went wrong. */
  output(): string;
}

/** Something to undo at the end. */
export type Undo = (undo: () => Promise<unknown>) => void;
