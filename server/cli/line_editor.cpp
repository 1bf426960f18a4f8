// histedit(3).

#include "server/cli/line_editor.h"

#include <histedit.h>
#include <signal.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>

namespace sp {

struct LineEditor::State {
  EditLine* edit = nullptr;
  History* history = nullptr;
  std::string history_file;
  std::string prompt;
  Complete complete;
};

namespace {

volatile sig_atomic_t interrupted_flag = 0;
void on_interrupt(int) { interrupted_flag = 1; }

}  // namespace

// libedit calls back with itself only: the state hangs on it as client data.
struct LineEditorCallbacks {
  static LineEditor::State* state(EditLine* edit) {
    void* data = nullptr;
    el_get(edit, EL_CLIENTDATA, &data);
    return static_cast<LineEditor::State*>(data);
  }
  static char* prompt(EditLine* edit) { return state(edit)->prompt.data(); }

  static unsigned char complete(EditLine* edit, int) {
    const LineInfo* line = el_line(edit);
    const char* begin = line->cursor;
    while (begin > line->buffer && (std::isalnum(static_cast<unsigned char>(begin[-1])) ||
                                    begin[-1] == '_' || begin[-1] == '\\' || begin[-1] == '.'))
      --begin;
    const std::string word(begin, line->cursor);
    std::vector<std::string> words = state(edit)->complete(word);
    if (words.empty()) return CC_REFRESH_BEEP;
    std::string common = words.front();
    for (const std::string& candidate : words) {
      size_t same = 0;
      while (same < common.size() && same < candidate.size() && common[same] == candidate[same])
        ++same;
      common.resize(same);
    }
    if (common.size() > word.size() || (words.size() == 1 && common != word)) {
      el_deletestr(edit, static_cast<int>(word.size()));
      if (words.size() == 1) common += ' ';
      el_insertstr(edit, common.c_str());
      return CC_REFRESH;
    }
    if (words.size() == 1) return CC_REFRESH;
    std::printf("\n");
    size_t column = 0;
    for (size_t i = 0; i < words.size() && i < 200; ++i) {
      if (column + words[i].size() + 2 > 100) {
        std::printf("\n");
        column = 0;
      }
      std::printf("%s  ", words[i].c_str());
      column += words[i].size() + 2;
    }
    std::printf("\n");
    return CC_REDISPLAY;
  }
};

LineEditor::LineEditor(const std::string& history_file, Complete complete)
    : state_(std::make_unique<State>()) {
  state_->history_file = history_file;
  state_->complete = std::move(complete);
  state_->edit = el_init("sandpiper", stdin, stdout, stderr);
  state_->history = history_init();
  HistEvent event;
  history(state_->history, &event, H_SETSIZE, 5000);
  history(state_->history, &event, H_SETUNIQUE, 1);
  if (!history_file.empty()) history(state_->history, &event, H_LOAD, history_file.c_str());
  EditLine* edit = state_->edit;
  el_set(edit, EL_CLIENTDATA, state_.get());
  el_set(edit, EL_PROMPT, &LineEditorCallbacks::prompt);
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_SIGNAL, 0);
  el_set(edit, EL_HIST, history, state_->history);
  el_set(edit, EL_ADDFN, "sp-complete", "Complete a name", &LineEditorCallbacks::complete);
  el_set(edit, EL_BIND, "^I", "sp-complete", nullptr);
  el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(edit, EL_BIND, "\\e[3~", "ed-delete-next-char", nullptr);
  el_set(edit, EL_BIND, "\\e[H", "ed-move-to-beg", nullptr);
  el_set(edit, EL_BIND, "\\e[F", "ed-move-to-end", nullptr);
  el_source(edit, nullptr);
}

LineEditor::~LineEditor() {
  HistEvent event;
  if (!state_->history_file.empty())
    history(state_->history, &event, H_SAVE, state_->history_file.c_str());
  el_end(state_->edit);
  history_end(state_->history);
}

std::optional<std::string> LineEditor::read(const std::string& prompt, bool& interrupted) {
  state_->prompt = prompt;
  interrupted = false;
  interrupted_flag = 0;
  struct sigaction action{}, before{};
  action.sa_handler = &on_interrupt;  // without SA_RESTART: the read returns
  sigaction(SIGINT, &action, &before);
  int count = 0;
  const char* line = el_gets(state_->edit, &count);
  sigaction(SIGINT, &before, nullptr);
  if (interrupted_flag != 0) {
    interrupted = true;
    el_reset(state_->edit);
    std::printf("\n");
    return "";
  }
  if (line == nullptr || count <= 0) return std::nullopt;
  std::string text(line, static_cast<size_t>(count));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

void LineEditor::remember(const std::string& statement) {
  HistEvent event;
  history(state_->history, &event, H_ENTER, statement.c_str());
  if (!state_->history_file.empty())
    history(state_->history, &event, H_SAVE, state_->history_file.c_str());
}

}  // namespace sp
