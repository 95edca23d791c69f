import type { JsonSchema } from './json.js';

/**
 * The TypeScript type of the values that a JSON Schema literal describes.
 *
 * Understood: `const`, `enum`, `type` (also a list of types), `properties`, `required`, `items`, `additionalProperties`,
 * and `oneOf`/`anyOf` where no `type` stands beside them. Keywords that only narrow (`minLength`, `pattern`, an `anyOf`
 * beside a `type`) are checked at run time and leave the type as it is. A schema that is not a literal gives `unknown`.
 *
 * Our own, because `json-schema-to-ts` costs the compiler seconds and a gigabyte in the place where components need it.
 */
export type Infer<S> = JsonSchema extends S
  ? unknown
  : S extends { readonly const: infer C }
    ? Mutable<C>
    : S extends { readonly enum: readonly (infer E)[] }
      ? Mutable<E>
      : S extends { readonly type: infer T }
        ? InferType<T extends readonly (infer U)[] ? U : T, S>
        : S extends { readonly oneOf: readonly (infer U)[] } | { readonly anyOf: readonly (infer U)[] }
          ? InferEach<U>
          : unknown;

/** Distributes over a union of schemas. */
type InferEach<S> = S extends unknown ? Infer<S> : never;

/** Distributes over a union of type names. */
type InferType<T, S> = T extends 'string'
  ? string
  : T extends 'number' | 'integer'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'null'
        ? null
        : T extends 'array'
          ? (S extends { readonly items: infer I } ? Infer<I> : unknown)[]
          : T extends 'object'
            ? InferObject<S>
            : unknown;

type InferObject<S> = S extends { readonly properties: infer P } ? InferProperties<P, RequiredNames<S>> & Rest<S> : InferRecord<S>;

/**
 * Names beyond `properties`. JSON Schema lets them through unless told otherwise; the type does so only where the author
 * said it, so that a misspelt property is a compile error. Their values are `unknown` beside declared properties.
 */
type Rest<S> = S extends { readonly additionalProperties: infer A } ? (A extends false ? unknown : { [name: string]: unknown }) : unknown;

type InferRecord<S> = S extends { readonly additionalProperties: infer A }
  ? A extends false
    ? Record<string, never>
    : Record<string, A extends true ? unknown : Infer<A>>
  : Record<string, unknown>;

type RequiredNames<S> = S extends { readonly required: readonly (infer R)[] } ? R : never;

type InferProperties<P, R> = Flatten<
  { -readonly [K in keyof P as K extends R ? K : never]: Infer<P[K]> } & {
    -readonly [K in keyof P as K extends R ? never : K]?: Infer<P[K]>;
  }
>;

type Flatten<T> = { [K in keyof T]: T[K] };

/** Undoes what a `const` type parameter does to literals in `const` and `enum`. */
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
