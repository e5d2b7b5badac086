#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "../fd.h"

namespace shuttle {

class Engine;
class Vm;

// Where engines of one user find each other's VMs: a private folder with a socket for each VM that runs, named like it.
class Meeting {
 public:
  Meeting(Engine& engine, const std::string& folder);
  ~Meeting();

  // Lets others find a VM of ours.
  void open(const std::shared_ptr<Vm>& vm);
  // VMs of others that run now. Cheap when nothing has changed.
  std::vector<std::shared_ptr<Vm>> present();
  // Stops answering; the loop has stopped by then, or runs no callback of ours any more.
  void close();

 private:
  struct Desk;
  void enter();
  void admit(Desk& desk);
  std::shared_ptr<Vm> meet(const std::string& name);

  Engine& engine_;
  const std::string path_;
  Fd folder_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Desk>> desks_;
  std::map<std::string, std::shared_ptr<Vm>> met_;
};

}  // namespace shuttle
