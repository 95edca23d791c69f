import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a version was made: read from the folder, published from a draft, deployed, or rolled back to. */
export type VersionOrigin = 'folder' | 'draft' | 'deploy' | 'rollback';

/** One immutable version of a flow: the exact text that was checked. */
@Entity({ name: 'flow_versions' })
export class FlowVersionEntity {
  @PrimaryColumn({ name: 'flow_id', type: 'text' })
  flowId!: string;

  @PrimaryColumn({ type: 'int' })
  version!: number;

  @Column({ type: 'text' })
  text!: string;

  /** SHA-256 of the text, hex. */
  @Column({ type: 'text' })
  hash!: string;

  @Column({ type: 'text', default: 'folder' })
  origin!: VersionOrigin;

  /** The older version whose text this is again. */
  @Column({ type: 'int', nullable: true })
  restored!: number | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
