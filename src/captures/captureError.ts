// What is wrong with a capture file, in a sentence for the reader: it names the file or the array, what was expected and what came.

export class CaptureFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CaptureFileError';
  }
}
