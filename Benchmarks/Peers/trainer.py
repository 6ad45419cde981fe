"""A whole step of TRL's GRPOTrainer: sampling, reference pass, update; fp32.

2 prompts x 8 samples (tiny) or 1 x 8 (small), 64 prompt tokens, 192 new ones, beta 0.04, one update
per round. The reward is arithmetic on the text. The trainer runs in a thread of its own and waits
before each step until it is asked for one.
"""
import os
import tempfile
import threading

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402
import trl  # noqa: E402
from datasets import Dataset  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402

import decoders  # noqa: E402
from serving import THREADS, serve  # noqa: E402

torch.set_num_threads(THREADS)


class Turnstile(transformers.TrainerCallback):
    """Lets one step pass per call."""

    def __init__(self):
        self.go, self.done = threading.Semaphore(0), threading.Semaphore(0)
        self.failure = None

    def on_step_begin(self, *_, **__):
        self.go.acquire()

    def on_step_end(self, *_, **__):
        self.done.release()

    def step(self):
        self.go.release()
        self.done.acquire()
        if self.failure:
            raise self.failure


def words_of(vocabulary):
    special = ["<unknown>", "<padding>", "<end>", "<begin>"]
    words = {word: id for id, word in enumerate(special)}
    words.update((f"w{id}", id) for id in range(len(special), vocabulary))
    tokenizer = Tokenizer(models.WordLevel(words, unk_token=special[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token=special[0], pad_token=special[1],
        eos_token=special[2], bos_token=special[3], padding_side="left")


def reward(completions, **_):
    return [float(sum(map(ord, text[:40])) % 97) for text in completions]


def whole_step(name):
    def prepare():
        vocabulary = decoders.SHAPES[name]["vocabulary"]
        draw = decoders.SplitMix64(4)
        prompts = [
            " ".join(f"w{4 + draw.below(vocabulary - 4)}" for _ in range(decoders.PROMPT))
            for _ in range(512)]
        settings = trl.GRPOConfig(
            output_dir=tempfile.mkdtemp(), per_device_train_batch_size=decoders.ROWS[name],
            num_generations=decoders.GROUP, max_completion_length=192, max_steps=100_000,
            beta=0.04, learning_rate=1e-6, temperature=1.0, use_cpu=True, bf16=False, fp16=False,
            model_init_kwargs={"dtype": "float32"}, gradient_checkpointing=False, report_to=[],
            save_strategy="no", logging_steps=100_000, disable_tqdm=True,
            generation_kwargs={"min_new_tokens": 192, "top_k": 0})
        turnstile = Turnstile()
        trainer = trl.GRPOTrainer(
            model=decoders.folder(name), args=settings, reward_funcs=reward,
            train_dataset=Dataset.from_dict({"prompt": prompts}),
            processing_class=words_of(vocabulary), callbacks=[turnstile])

        def train():
            torch.set_num_threads(THREADS)  # a new thread starts with the library's own choice
            try:
                trainer.train()
                raise RuntimeError("the trainer ran out of steps")
            except BaseException as error:
                turnstile.failure = error
                turnstile.done.release()

        threading.Thread(target=train, daemon=True).start()
        return turnstile.step

    return prepare


serve(
    {name: whole_step(name) for name in ("tiny", "small")},
    f"TRL {trl.__version__}, transformers {transformers.__version__}, PyTorch {torch.__version__}")
