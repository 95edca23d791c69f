import { Column, Entity, PrimaryColumn } from 'typeorm';

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

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
