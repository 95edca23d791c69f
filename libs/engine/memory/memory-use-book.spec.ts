import { describeUseBook } from '../contract/index.js';
import { MemoryUseBook } from './memory-use-book.js';

describeUseBook('memory', (now) => {
  const book = new MemoryUseBook(now);
  return Promise.resolve({ books: [book, book] });
});
