import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A credential whose secrets are stored sealed. */
@Entity({ name: 'sealed_credentials' })
export class SealedCredentialEntity {
  @PrimaryColumn({ type: 'text' })
  name!: string;

  /** Without secrets: names of slots stand where they belong. */
  @Column({ type: 'json' })
  definition!: object;

  /** The envelope with the secrets by slot. */
  @Column({ type: 'text' })
  sealed!: string;

  /** Grows with every change; readers compare it to know whether to look again. */
  @Column({ type: 'bigint' })
  revision!: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
