/** Credential types as flows and components name them. */
export type CredentialTypeName = 'none' | 'basic' | 'api-key' | 'hmac';

/** What credentials a component takes. */
export interface AcceptedCredential {
  readonly types: readonly CredentialTypeName[];
  readonly required?: boolean;
  /** How people usually come by one, for the form that makes it. */
  readonly recipes?: readonly CredentialRecipe[];
}

/**
 * A usual way to fill in the credential of a component, for people who do not know its definition: a form asks for what `asks`
 * names, and puts it into `definition`.
 */
export interface CredentialRecipe {
  /** `Slack bot token`. Recipes of one title are one. */
  readonly title: string;
  /** Where its owner finds the secret. */
  readonly help?: string;
  /** As in the credentials file, without what is asked for. A member that is asked for too is suggested. */
  readonly definition: Readonly<Record<string, string>> & { readonly type: CredentialTypeName };
  /** What the form calls each thing it asks for: `secret`, and members of the definition that are texts, such as `username` and `baseUrl`. */
  readonly asks: Readonly<Record<string, string>> & { readonly secret: string };
}
