import { randomBytes } from 'node:crypto';
import type { Json } from '@millrace/component-sdk';

/** The headers beside the signature: docs-integration.squake.earth, "Webhooks". */
export function squakeHeaders(now: Date): Record<string, string> {
  return { 'content-type': 'application/json', 'squake-timestamp': now.toISOString() };
}

/**
 * The webhook of kind `order`: the purchase in `data` (docs-integration.squake.earth, "Webhooks"; its fields and states as in
 * docs-v2.squake.earth, "Create a Purchase", and the gem `squake`, `Model::Purchase`).
 */
export function squakeOrder(): { readonly [field: string]: Json } {
  return {
    data: {
      id: `purchase_${randomBytes(6).toString('hex')}`,
      state: 'confirmed',
      payment_method: 'stripe',
      carbon_quantity: 1.42,
      carbon_unit: 'tonne',
      total: 3550,
      currency: 'EUR',
      external_reference: 'booking-4711',
      files: [],
      metadata: {},
    },
  };
}
