import type { Json } from '@millrace/component-sdk';
import { removeProperty, setProperty, type EditResult, type PropertyPlace } from '@millrace/flow';

/** The edit of a text that sets a property, or takes it away where there is no value. */
export function settingEdit(place: PropertyPlace, value: Json | undefined): (text: string) => EditResult {
  return (text) => (value === undefined ? removeProperty(text, place) : setProperty(text, { ...place, value }));
}
