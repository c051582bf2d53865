// ByteSource: bytes by range, from wherever the host keeps them. The engine reads checkpoints through this and nothing else.

export interface ByteSource {
  readonly name: string; // 'model-00001-of-00002.safetensors': for errors
  readonly byteLength: number;
  /** Reads exactly `byteLength` bytes from `byteOffset`; throws where the source holds fewer. */
  read(byteOffset: number, byteLength: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** A folder in the Hugging Face layout: `config.json`, `model.safetensors` or shards with an index. */
export interface CheckpointFolder {
  readonly name: string;
  /** Opens one file of the folder; null where there is none of that name. */
  open(fileName: string, signal?: AbortSignal): Promise<ByteSource | null>;
}
