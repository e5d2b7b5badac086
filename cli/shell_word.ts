export { shellWord } from '../native/contract/shell_word.js';
