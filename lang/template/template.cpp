// Template's two kinds: compiled from a templated node, and verbatim text. Entry points of
// lang/template.

#include "lang/template/template.h"

#include "lang/template/render.h"

namespace sp {

const ParamSpec* Signature::find(std::string_view name) const {
  for (const ParamSpec& spec : params) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

namespace {

constexpr size_t kMaxTemplateBytes = 16u << 20;

class Compiled final : public Template {
 public:
  Compiled(tmpl::CompiledTemplate compiled, size_t size)
      : compiled_(std::move(compiled)),
        size_(size) {}

  Result<RenderedSql> render(const TemplateContext& context, uint32_t first_hole) const override {
    return tmpl::render(compiled_, context, first_hole, size_ + 64);
  }
  void collect_params(Signature& signature) const override { tmpl::collect(compiled_, signature); }
  std::vector<RequestParams> probes() const override { return tmpl::probe_sets(compiled_); }
  void inspect(TemplateFindings& findings) const override { tmpl::inspect(compiled_, findings); }

 private:
  tmpl::CompiledTemplate compiled_;
  size_t size_;  // of the source: what rendering will need, about
};

class Verbatim final : public Template {
 public:
  Verbatim(std::string text, uint32_t offset) : text_(std::move(text)), offset_(offset) {}

  Result<RenderedSql> render(const TemplateContext&, uint32_t) const override {
    RenderedSql out;
    out.text = text_;
    out.map.add_verbatim(0, offset_, static_cast<uint32_t>(text_.size()));
    return out;
  }
  void collect_params(Signature&) const override {}
  std::vector<RequestParams> probes() const override { return {RequestParams()}; }
  void inspect(TemplateFindings&) const override {}

 private:
  std::string text_;
  uint32_t offset_;
};

}  // namespace

Result<std::shared_ptr<const Template>> Template::compile(std::string_view text, uint32_t offset) {
  if (text.size() > kMaxTemplateBytes) {
    return fail(ErrorCode::kTemplateError,
                "Template is too large: " + std::to_string(text.size()) + " bytes",
                Span{offset, offset + 1}, "split it into nodes");
  }
  SP_TRY(tmpl::CompiledTemplate compiled, tmpl::compile_text(text, offset));
  return std::shared_ptr<const Template>(
      std::make_shared<Compiled>(std::move(compiled), text.size()));
}

std::shared_ptr<const Template> Template::verbatim(std::string_view text, uint32_t offset) {
  return std::make_shared<Verbatim>(std::string(text), offset);
}

}  // namespace sp
